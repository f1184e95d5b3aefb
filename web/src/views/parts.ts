// SPDX-License-Identifier: Apache-2.0
// Parts that several views show.

import { executionChart } from "../charts/execution";
import { icicle } from "../charts/icicle";
import { legend } from "../charts/legend";
import { rankingChart } from "../charts/ranking";
import { rooflineChart } from "../charts/roofline";
import { add, facts, figure, h, section } from "../base/dom";
import {
  bytes,
  count,
  grams,
  joules,
  none,
  number,
  percent,
  printable,
  range,
  seconds,
  spread,
  wattHours,
} from "../base/format";
import { blocksOf, byType, hasBlocks, memoryBound, trafficOf, TypeColours } from "../base/layers";
import { sortableTable, type Column } from "../base/table";
import type { Coverage, Energy, Footprint, Layer, Profile } from "../base/types";

export const coverageMeaning: Record<Coverage, string> = {
  fitted: "measured on this device",
  fallback: "type not measured here: a relative's or generic cost",
  free: "views: nothing to do",
  unknown: "operator not known: only its tensors' traffic",
};

/** The number that everything else explains. */
export function total(energy: Energy, interval: number, per: string): HTMLElement {
  return h(
    "div",
    { class: "total" },
    h("p", { class: "amount" }, h("strong", {}, joules(energy.energy_j)), ` ${per}`),
    h(
      "p",
      { class: "interval" },
      `${(100 * interval).toFixed(0)}\u00a0% interval ${range(energy.energy_j_low, energy.energy_j_high, joules)}`,
    ),
  );
}

export function warnings(texts: string[]): HTMLElement | null {
  if (texts.length === 0) return null;
  return h(
    "div",
    { class: "warnings", role: "note" },
    h("strong", {}, texts.length === 1 ? "Mind this" : `Mind these ${texts.length}`),
    h("ul", {}, ...texts.map((text) => h("li", {}, printable(text)))),
  );
}

/** Layers that stand together: a model's, or those of one pass of it. */
export interface LayerList {
  model: string;
  layers: Layer[];
  profile: Profile;
  interval: number;
}

function named(layers: Layer[], most: number): string {
  const names = layers
    .slice(0, most)
    .map((layer) => `${printable(layer.name)} (${percent(layer.share)})`);
  return names.length < 2
    ? names.join("")
    : `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}

function ranked(layers: Layer[]): Layer[] {
  return layers
    .filter((layer) => layer.coverage !== "free")
    .sort((a, b) => b.energy_j - a.energy_j);
}

function executionSection(
  list: LayerList,
  colours: TypeColours,
  onLayer: (layer: Layer) => void,
): HTMLElement {
  return section(
    "Layer by layer, as they run",
    legend(
      colours,
      byType(list.layers)
        .filter((sum) => sum.energy_j > 0)
        .map((sum) => sum.name),
    ),
    figure(
      executionChart(list.layers, colours, onLayer),
      "Bars: joules of each layer. Line: joules spent until its end.",
    ),
  );
}

function rankingSection(
  list: LayerList,
  colours: TypeColours,
  onLayer: (layer: Layer) => void,
): HTMLElement {
  const all = ranked(list.layers);
  const shown = all.slice(0, 20);
  const share = shown.reduce((sum, layer) => sum + layer.share, 0);
  return section(
    "The largest layers",
    figure(
      rankingChart(
        shown.map((layer) => ({
          name: printable(layer.name),
          value: layer.energy_j,
          low: layer.energy_j_low,
          high: layer.energy_j_high,
          colour: (theme) => colours.of(layer.type, theme),
          details: [
            ["type", layer.type],
            ["share", percent(layer.share)],
          ],
        })),
        {
          label: `The ${shown.length} layers that take the most, with their intervals`,
          onClick: (index) => onLayer(shown[index]!),
        },
      ),
      `The ${shown.length} largest of ${all.length} layers take ${percent(share)} of the energy; ` +
        `lines are ${(100 * list.interval).toFixed(0)}\u00a0% intervals, those to the edge go on. Largest: ${named(shown, 3)}.`,
    ),
  );
}

function typeSection(list: LayerList, colours: TypeColours): HTMLElement {
  const sums = byType(list.layers).filter((sum) => sum.energy_j > 0);
  const total_j = sums.reduce((all, sum) => all + sum.energy_j, 0) || 1;
  const shown = sums.slice(0, 15);
  const first = shown[0];
  return section(
    "By layer type",
    figure(
      rankingChart(
        shown.map((sum) => ({
          name: sum.name,
          value: sum.energy_j,
          colour: (theme) => colours.of(sum.name, theme),
          details: [
            ["share", percent(sum.energy_j / total_j)],
            ["layers", String(sum.layers)],
          ],
        })),
        {
          label: `Energy by layer type: ${shown.map((s) => `${s.name} ${joules(s.energy_j)}`).join(", ")}`,
        },
      ),
      first
        ? `${first.name} takes ${percent(first.energy_j / total_j)} in ${first.layers} layer${first.layers === 1 ? "" : "s"}.`
        : "",
    ),
  );
}

function blockSection(
  list: LayerList,
  colours: TypeColours,
  onLayer: (layer: Layer) => void,
): HTMLElement | null {
  const root = blocksOf(list.layers, list.model);
  if (!hasBlocks(root)) return null;
  return section(
    "By block",
    figure(
      icicle(root, colours, onLayer),
      "Modules as the layers' names tell them: from left to right the whole and its parts, " +
        "downwards in the order in which they run; heights are energy, colours the type that takes most.",
    ),
  );
}

function rooflineSection(
  list: LayerList,
  colours: TypeColours,
  onLayer: (layer: Layer) => void,
): HTMLElement | null {
  const points = trafficOf(list.layers);
  if (points.length < 2) return null;
  const total_j = list.layers.reduce((sum, layer) => sum + layer.energy_j, 0);
  const without = list.layers.filter((layer) => layer.coverage !== "free" && !layer.macs);
  const rest = without.reduce((sum, layer) => sum + layer.energy_j, 0);
  return section(
    "Arithmetic or traffic?",
    figure(
      rooflineChart(points, list.profile.generic, colours, onLayer),
      memoryBound(points, list.profile.generic, total_j),
      without.length > 0
        ? ` ${without.length} layers compute no products and only move data: ${percent(rest / (total_j || 1))}.`
        : "",
      " The curve is the device's cost of any layer; sizes are shares of energy.",
    ),
  );
}

function evidenceOf(layer: Layer): string {
  return layer.coverage === "fitted" && !layer.in_support ? "fitted, outside" : layer.coverage;
}

export function evidenceSection(
  layers: Layer[],
  coverage: Record<Coverage, number>,
  profile: Profile,
): HTMLElement {
  const bar = h("div", {
    class: "coverage",
    role: "img",
    "aria-label": "Shares of energy by evidence",
  });
  const rows: [string, HTMLElement][] = [];
  for (const kind of ["fitted", "fallback", "unknown", "free"] as Coverage[]) {
    const these = layers.filter((layer) => layer.coverage === kind).length;
    if (these === 0) continue;
    const part = h("span", { class: `evidence-${kind}` });
    part.style.flexGrow = String(coverage[kind]);
    bar.append(part);
    rows.push([
      kind,
      h(
        "span",
        {},
        h("b", {}, percent(coverage[kind])),
        ` in ${these} layer${these === 1 ? "" : "s"}: ${coverageMeaning[kind]}`,
      ),
    ]);
  }
  const outside = layers.filter((layer) => layer.coverage === "fitted" && !layer.in_support);
  const share = outside.reduce((sum, layer) => sum + layer.share, 0);
  const list = h("dl", { class: "evidence" });
  for (const [kind, text] of rows) {
    add(
      list,
      h("dt", {}, h("span", { class: `swatch evidence-${kind}` }), kind),
      h("dd", {}, text),
    );
  }
  const notes = new Map<string, number>();
  for (const layer of layers) {
    if (layer.note) notes.set(layer.note, (notes.get(layer.note) ?? 0) + 1);
  }
  return section(
    "On what evidence",
    bar,
    list,
    outside.length > 0 &&
      h(
        "p",
        {},
        `${outside.length} of the fitted layers, with ${percent(share)} of the energy, lie outside what was ` +
          "measured of their type; their intervals are wider.",
      ),
    notes.size > 0 &&
      h(
        "details",
        {},
        h("summary", {}, `Notes on layers (${notes.size})`),
        h(
          "ul",
          {},
          ...[...notes].map(([note, times]) =>
            h("li", {}, `${printable(note)}${times > 1 ? ` (${times} layers)` : ""}`),
          ),
        ),
      ),
    h("h3", {}, "Where the forecast comes from"),
    facts(
      [
        ["Kind", `forecast from ${profile.training_rows} ${profile.kind} configurations`],
        ["Meter", profile.meter],
        ["Hardware", profile.hardware],
        ["Software", profile.software],
        ["Data", h("span", { class: "long" }, profile.dataset)],
        ["Fitted by", profile.fitted_by],
      ],
      "provenance",
    ),
  );
}

interface FootprintRow {
  name: string;
  value: number;
  low: number;
  high: number;
  show: (value: number) => string;
}

export function footprintSection(footprint: Footprint): HTMLElement {
  const year = footprint.inferences_per_year;
  const rows: FootprintRow[] = [];
  const isTraining = footprint.of_all_steps !== undefined;
  const each = footprint.of_all_steps ?? footprint.per_inference;
  if (!each) return section("Carbon and cost");
  const put = (
    name: string,
    amount: { value: number; low: number; high: number } | null,
    show: (value: number) => string,
  ) => {
    if (amount) rows.push({ name, ...amount, show });
  };
  put("Energy, with PUE", each.facility_energy_j, wattHours);
  put("CO₂e of use", each.operational_gco2, grams);
  const making = each.embodied_gco2;
  if (making !== null)
    put("CO₂e of making the device", { value: making, low: making, high: making }, grams);
  put("SCI (both)", each.sci_gco2, grams);
  put("Cost", each.cost, number);
  const manyInferences: Column<FootprintRow>[] = [
    {
      title: "1000 inferences",
      value: (row) => row.value,
      show: (row) => row.show(1000 * row.value),
    },
    {
      title: "a year",
      value: (row) => row.value,
      show: (row) => (year === null ? none : row.show(year * row.value)),
    },
  ];
  const table = sortableTable(
    "Footprint",
    [
      { title: "Amount", value: (row) => row.name, show: (row) => row.name, words: true },
      {
        title: isTraining ? "all steps" : "one inference",
        value: (row) => row.value,
        show: (row) => row.show(row.value),
      },
      {
        title: "interval",
        value: (row) => row.low,
        show: (row) => range(row.low, row.high, row.show),
      },
      ...(isTraining ? [] : manyInferences),
    ],
    rows,
  );
  const assumed = [`PUE ${footprint.pue}`];
  if (footprint.gco2_per_kwh !== null)
    assumed.push(`${footprint.gco2_per_kwh} g CO₂e per kWh (${footprint.intensity_source})`);
  if (footprint.price_per_kwh !== null) assumed.push(`${footprint.price_per_kwh} per kWh`);
  if (footprint.embodied_kg !== null)
    assumed.push(`${footprint.embodied_kg} kg over ${footprint.lifetime_years} years`);
  return section(
    "Carbon and cost",
    table.element,
    h("p", { class: "small" }, `Assumed: ${assumed.join(", ")}.`),
  );
}

function layerColumns(): Column<Layer>[] {
  return [
    {
      title: "Layer",
      words: true,
      value: (l) => l.name,
      show: (l) => h("span", { class: "name" }, printable(l.name)),
    },
    { title: "#", value: (l) => l.index, show: (l) => String(l.index) },
    {
      title: "Type",
      words: true,
      value: (l) => l.type,
      show: (l) => (l.type === "unknown" ? `unknown ${printable(l.op)}` : l.type),
    },
    {
      title: "Energy",
      value: (l) => l.energy_j,
      show: (l) => (l.coverage === "free" ? none : joules(l.energy_j)),
    },
    {
      title: "±",
      value: (l) => l.energy_j_high / (l.energy_j || 1),
      show: (l) => (l.coverage === "free" ? none : spread(l).slice(1)),
    },
    {
      title: "Share",
      value: (l) => l.share,
      show: (l) => (l.coverage === "free" ? none : percent(l.share)),
    },
    {
      title: "Time",
      value: (l) => l.time_s,
      show: (l) => (l.coverage === "free" ? none : seconds(l.time_s)),
    },
    { title: "MACs", value: (l) => l.macs, show: (l) => (l.macs === null ? none : count(l.macs)) },
    {
      title: "Params",
      value: (l) => l.params,
      show: (l) => (l.params === null ? none : count(l.params)),
    },
    { title: "Bytes", value: (l) => l.bytes, show: (l) => bytes(l.bytes) },
    {
      title: "FLOP/B",
      value: (l) => (l.macs && l.bytes > 0 ? l.macs / l.bytes : null),
      show: (l) => (l.macs && l.bytes > 0 ? number((2 * l.macs) / l.bytes) : none),
    },
    {
      title: "pJ/FLOP",
      value: (l) => (l.macs ? l.energy_j / l.macs : null),
      show: (l) => (l.macs ? number((5e11 * l.energy_j) / l.macs) : none),
    },
    { title: "Evidence", words: true, value: evidenceOf, show: evidenceOf },
    {
      title: "Specification",
      words: true,
      value: (l) => l.spec,
      show: (l) => h("code", {}, l.spec ?? none),
    },
  ];
}

/** All layers in a table, and a way to show one of them. */
export function layerTable(
  layers: Layer[],
  caption: string,
): { element: HTMLElement; show: (layer: Layer) => void } {
  const table = sortableTable(caption, layerColumns(), layers);
  const filter = h("input", {
    type: "search",
    placeholder: "conv2d, layer4, …",
    autocomplete: "off",
  });
  const shown = h("output", {}, `${layers.length} layers`);
  filter.addEventListener("input", () => {
    const wanted = filter.value.trim().toLowerCase();
    let matching = 0;
    table.rows.forEach((row, i) => {
      const layer = layers[i]!;
      const text =
        `${layer.name} ${layer.op} ${layer.type} ${evidenceOf(layer)} ${layer.spec ?? ""}`.toLowerCase();
      row.hidden = !text.includes(wanted);
      matching += row.hidden ? 0 : 1;
    });
    shown.textContent = wanted
      ? `${matching} of ${layers.length} layers`
      : `${layers.length} layers`;
  });
  const element = section(
    caption,
    h("div", { class: "filter" }, h("label", {}, "Filter ", filter), shown),
    table.element,
  );
  const show = (layer: Layer) => {
    const row = table.rows[layers.indexOf(layer)]!;
    row.hidden = false;
    table.rows.forEach((other) => other.classList.toggle("chosen", other === row));
    row.scrollIntoView({ block: "center" });
  };
  return { element, show };
}

/** All that is drawn of a list of layers, and the list itself. */
export function layerSections(list: LayerList, caption = "All layers"): HTMLElement[] {
  const colours = new TypeColours(list.layers);
  const table = layerTable(list.layers, caption);
  const parts = [
    executionSection(list, colours, table.show),
    rankingSection(list, colours, table.show),
    typeSection(list, colours),
    blockSection(list, colours, table.show),
    rooflineSection(list, colours, table.show),
    table.element,
  ];
  return parts.filter((part): part is HTMLElement => part !== null);
}
