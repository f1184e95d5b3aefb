// SPDX-License-Identifier: Apache-2.0
// Models, batches and devices side by side.

import { differenceChart, type Difference } from "../charts/difference";
import { namedLegend } from "../charts/legend";
import { paretoChart } from "../charts/pareto";
import { rankingChart } from "../charts/ranking";
import { stackedChart } from "../charts/stacked";
import { add, figure, h, section } from "../base/dom";
import {
  count,
  grams,
  joules,
  jouleSeconds,
  none,
  number,
  percent,
  printable,
  range,
  seconds,
  times,
  watts,
} from "../base/format";
import { byType } from "../base/layers";
import { sortableTable, type Column } from "../base/table";
import type { Comparison, Estimate, Layer } from "../base/types";
import { warnings } from "./parts";

/** What tells estimates apart: "resnet50, batch 8, on D", less what is the same for all. */
export function namesOf(estimates: Estimate[]): string[] {
  const differs = (get: (estimate: Estimate) => unknown) => new Set(estimates.map(get)).size > 1;
  const [models, batches, devices] = [
    differs((e) => e.model),
    differs((e) => e.batch),
    differs((e) => e.device),
  ];
  return estimates.map((estimate) => {
    const parts: string[] = [];
    if (models || (!batches && !devices)) parts.push(printable(estimate.model));
    if (batches) parts.push(`batch ${estimate.batch}`);
    if (devices) parts.push(printable(estimate.device));
    return parts.join(", ");
  });
}

interface Entry {
  name: string;
  estimate: Estimate;
  accuracy: number | null;
}

function numbersTable(entries: Entry[]): HTMLElement {
  const best = Math.min(...entries.map(({ estimate }) => estimate.energy_j_per_sample));
  const columns: Column<Entry>[] = [
    {
      title: "Model",
      words: true,
      value: (e) => e.name,
      show: (e) => h("span", { class: "name" }, e.name),
    },
    {
      title: "Energy",
      value: (e) => e.estimate.energy_j,
      show: (e) => joules(e.estimate.energy_j),
    },
    {
      title: "Interval",
      value: (e) => e.estimate.energy_j_low,
      show: (e) => range(e.estimate.energy_j_low, e.estimate.energy_j_high, joules),
    },
    {
      title: "Per sample",
      value: (e) => e.estimate.energy_j_per_sample,
      show: (e) => joules(e.estimate.energy_j_per_sample),
    },
    {
      title: "Of the least",
      value: (e) => e.estimate.energy_j_per_sample,
      show: (e) => times(best > 0 ? e.estimate.energy_j_per_sample / best : null),
    },
  ];
  if (entries.some((e) => e.accuracy !== null)) {
    columns.push({
      title: "Accuracy",
      value: (e) => e.accuracy,
      show: (e) => (e.accuracy === null ? none : `${e.accuracy}\u00a0%`),
    });
  }
  columns.push(
    { title: "Time", value: (e) => e.estimate.time_s, show: (e) => seconds(e.estimate.time_s) },
    { title: "Power", value: (e) => e.estimate.power_w, show: (e) => watts(e.estimate.power_w) },
    {
      title: "Energy × delay",
      value: (e) => (e.estimate.time_s === null ? null : e.estimate.energy_j * e.estimate.time_s),
      show: (e) =>
        e.estimate.time_s === null ? none : jouleSeconds(e.estimate.energy_j * e.estimate.time_s),
    },
    { title: "MACs", value: (e) => e.estimate.macs, show: (e) => count(e.estimate.macs) },
    { title: "Params", value: (e) => e.estimate.params, show: (e) => count(e.estimate.params) },
  );
  const carbon = (e: Entry) => e.estimate.footprint?.per_inference?.operational_gco2?.value ?? null;
  if (entries.some((e) => carbon(e) !== null)) {
    columns.push({
      title: "CO₂e of 1000",
      value: carbon,
      show: (e) => grams(carbon(e) === null ? null : 1000 * carbon(e)!),
    });
  }
  columns.push(
    { title: "Batch", value: (e) => e.estimate.batch, show: (e) => String(e.estimate.batch) },
    {
      title: "Device",
      words: true,
      value: (e) => e.estimate.device,
      show: (e) => printable(e.estimate.device),
    },
    {
      title: "Fitted",
      value: (e) => e.estimate.coverage.fitted,
      show: (e) => percent(e.estimate.coverage.fitted),
    },
  );
  return sortableTable("Side by side", columns, entries).element;
}

function barsSection(entries: Entry[]): HTMLElement {
  const order = [...entries].sort(
    (a, b) => a.estimate.energy_j_per_sample - b.estimate.energy_j_per_sample,
  );
  const level = entries[0]!.estimate.interval;
  return section(
    "Energy of one sample",
    figure(
      rankingChart(
        order.map(({ name, estimate: e }) => ({
          name,
          value: e.energy_j_per_sample,
          low: e.energy_j_low / e.batch,
          high: e.energy_j_high / e.batch,
          colour: (theme) => theme.accent,
          details: [
            ["a batch", joules(e.energy_j)],
            ["time of a batch", seconds(e.time_s)],
          ],
        })),
        {
          label: `Energy of one sample: ${order.map((e) => `${e.name} ${joules(e.estimate.energy_j_per_sample)}`).join(", ")}`,
        },
      ),
      `The least first; lines are ${(100 * level).toFixed(0)}\u00a0% intervals. Two models whose intervals overlap may change places.`,
    ),
  );
}

function paretoSections(entries: Entry[]): HTMLElement[] {
  const parts: HTMLElement[] = [];
  const known = entries.filter((e) => e.accuracy !== null);
  if (known.length > 1) {
    parts.push(
      section(
        "Energy against accuracy",
        figure(
          paretoChart({
            points: known.map(({ name, estimate: e, accuracy }) => ({
              name,
              x: e.energy_j_per_sample,
              low: e.energy_j_low / e.batch,
              high: e.energy_j_high / e.batch,
              y: accuracy!,
            })),
            yName: "accuracy, %",
            showY: (value) => `${number(value)}\u00a0%`,
            better: "high",
          }),
          "Nothing else is both cheaper and more accurate than the models on the line.",
        ),
      ),
    );
  }
  const timed = entries.filter(({ estimate }) => estimate.time_s !== null);
  if (timed.length > 1) {
    parts.push(
      section(
        "Energy against time",
        figure(
          paretoChart({
            points: timed.map(({ name, estimate: e }) => ({
              name,
              x: e.energy_j_per_sample,
              low: e.energy_j_low / e.batch,
              high: e.energy_j_high / e.batch,
              y: e.time_s! / e.batch,
            })),
            yName: "time of a sample",
            showY: seconds,
            better: "low",
            logY: true,
          }),
          "Joules and seconds of one sample; nothing else is both cheaper and quicker than the models on the line.",
        ),
      ),
    );
  }
  return parts;
}

function typesSection(entries: Entry[]): HTMLElement {
  const all = byType(
    entries.flatMap(({ estimate }) =>
      estimate.layers.map((l) => ({ ...l, energy_j: l.energy_j / estimate.batch })),
    ),
  );
  const names = all.filter((sum) => sum.energy_j > 0).map((sum) => sum.name);
  const shown = names.length > 8 ? [...names.slice(0, 7), "other types"] : names;
  const bars = entries.map(({ name, estimate }) => {
    const parts = shown.map(() => 0);
    for (const layer of estimate.layers) {
      const place = shown.indexOf(layer.type);
      parts[place < 0 ? shown.length - 1 : place]! += layer.energy_j / estimate.batch;
    }
    return { name, parts };
  });
  return section(
    "What it goes to",
    namedLegend(shown),
    figure(
      stackedChart({ label: "Energy of one sample by layer type", legend: shown, bars }),
      "Joules of one sample by layer type.",
    ),
  );
}

function typeDifferences(base: Estimate, other: Estimate): Difference[] {
  const sums = new Map<string, Difference>();
  for (const [estimate, key] of [
    [base, "before"],
    [other, "after"],
  ] as const) {
    for (const layer of estimate.layers) {
      const row = sums.get(layer.type) ?? { name: layer.type, before: 0, after: 0 };
      row[key] += layer.energy_j / estimate.batch;
      sums.set(layer.type, row);
    }
  }
  return [...sums.values()];
}

/** By layer where both have the same ones: two batches, devices or types of one model. */
function layerDifferences(base: Estimate, other: Estimate): Difference[] | null {
  const key = (layer: Layer) => layer.name;
  const named = new Map(other.layers.map((layer) => [key(layer), layer]));
  const common = base.layers.filter((layer) => named.has(key(layer)));
  if (common.length < 0.5 * Math.max(base.layers.length, other.layers.length)) return null;
  if (named.size !== other.layers.length) return null;
  const rows = base.layers.map((layer) => ({
    name: printable(layer.name),
    before: layer.energy_j / base.batch,
    after: (named.get(key(layer))?.energy_j ?? 0) / other.batch,
  }));
  const mine = new Set(base.layers.map(key));
  for (const layer of other.layers) {
    if (!mine.has(key(layer)))
      rows.push({ name: printable(layer.name), before: 0, after: layer.energy_j / other.batch });
  }
  return rows;
}

function largest(rows: Difference[], most: number): Difference[] {
  return rows
    .filter((row) => row.after !== row.before)
    .sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before))
    .slice(0, most);
}

function differenceSection(entries: Entry[]): HTMLElement {
  const order = [...entries].sort(
    (a, b) => a.estimate.energy_j_per_sample - b.estimate.energy_j_per_sample,
  );
  const body = h("div");
  const choose = (label: string, chosen: number) => {
    const select = h(
      "select",
      {},
      ...order.map((e, i) => h("option", { value: i, selected: i === chosen }, e.name)),
    );
    select.addEventListener("change", show);
    return { select, element: h("label", {}, `${label} `, select) };
  };
  const from = choose("From", 0);
  const to = choose("to", order.length - 1);
  function show(): void {
    const base = order[Number(from.select.value)]!;
    const other = order[Number(to.select.value)]!;
    const total = other.estimate.energy_j_per_sample - base.estimate.energy_j_per_sample;
    const types = largest(typeDifferences(base.estimate, other.estimate), 12);
    body.replaceChildren(
      h(
        "p",
        {},
        `A sample takes ${joules(Math.abs(total))} ${total < 0 ? "less" : "more"} with ${other.name} than with ${base.name}.`,
      ),
    );
    if (types.length === 0) return;
    add(
      body,
      h("h3", {}, "By layer type"),
      figure(
        differenceChart(types, base.name, other.name),
        "Joules of one sample that each layer type adds or saves.",
      ),
    );
    const layers = layerDifferences(base.estimate, other.estimate);
    if (layers) {
      add(
        body,
        h("h3", {}, "By layer"),
        figure(
          differenceChart(largest(layers, 15), base.name, other.name),
          "The layers of the same name that differ most.",
        ),
      );
    } else {
      add(body, h("h3", {}, "The layers that take most of each"), topLayers(base, other));
    }
  }
  show();
  return section(
    "What makes the difference",
    h("div", { class: "filter" }, from.element, to.element),
    body,
  );
}

function topLayers(...entries: Entry[]): HTMLElement {
  const list = h("div", { class: "phases" });
  for (const { name, estimate } of entries) {
    const top = [...estimate.layers].sort((a, b) => b.energy_j - a.energy_j).slice(0, 5);
    add(
      list,
      h(
        "div",
        { class: "phase" },
        h("h4", {}, name),
        h(
          "ol",
          {},
          ...top.map((layer) =>
            h(
              "li",
              {},
              `${printable(layer.name)} (${layer.type}): ${joules(layer.energy_j / estimate.batch)}, ${percent(layer.share)}`,
            ),
          ),
        ),
      ),
    );
  }
  return list;
}

/** Fills an element with a comparison. */
export function showComparison(element: HTMLElement, comparison: Comparison): void {
  const { estimates } = comparison;
  const names = namesOf(estimates);
  const entries = estimates.map((estimate, i) => ({
    name: names[i]!,
    estimate,
    accuracy: estimate.accuracy_percent ?? null,
  }));
  const devices = [...new Set(estimates.map((e) => e.profile.title))];
  const least = [...entries].sort(
    (a, b) => a.estimate.energy_j_per_sample - b.estimate.energy_j_per_sample,
  );
  const [first, last] = [least[0]!, least[least.length - 1]!];
  const factor = last.estimate.energy_j_per_sample / (first.estimate.energy_j_per_sample || 1);
  const all = [
    ...new Set(estimates.flatMap((e) => e.warnings.map((text) => `${e.model}: ${text}`))),
  ];
  const parts: (HTMLElement | null)[] = [
    h(
      "header",
      { class: "heading" },
      h("h1", {}, `${estimates.length} forecasts side by side`),
      h("p", {}, `on ${devices.map(printable).join("; ")}`),
    ),
    h(
      "p",
      { class: "lead" },
      h("strong", {}, first.name),
      ` takes the least, ${joules(first.estimate.energy_j_per_sample)} a sample; `,
      h("strong", {}, last.name),
      ` the most, ${joules(last.estimate.energy_j_per_sample)}: ${times(factor)} as much.`,
    ),
    warnings(all),
    section("Side by side", numbersTable(entries)),
    barsSection(entries),
    ...paretoSections(entries),
    typesSection(entries),
    differenceSection(entries),
  ];
  element.replaceChildren(...parts.filter((part): part is HTMLElement => part !== null));
}
