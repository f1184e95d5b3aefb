// SPDX-License-Identifier: Apache-2.0
// One model on one device.

import { facts, h } from "../base/dom";
import {
  count,
  grams,
  joules,
  jouleSeconds,
  macs,
  percent,
  printable,
  seconds,
  watts,
  wattHours,
} from "../base/format";
import {
  isGeneration,
  type AnyEstimate,
  type Coverage,
  type Estimate,
  type Generation,
  type Phase,
} from "../base/types";
import { evidenceSection, footprintSection, layerSections, total, warnings } from "./parts";

function heading(model: string, batch: number, device: string): HTMLElement {
  return h(
    "header",
    { class: "heading" },
    h("h1", {}, printable(model)),
    h("p", {}, `batch ${batch} on ${printable(device)}, forecast`),
  );
}

function ofOneInference(estimate: Estimate): HTMLElement {
  const { energy_j, time_s, batch } = estimate;
  const rows: [string, string][] = [["Per 1000 inferences", wattHours(1000 * energy_j)]];
  if (batch > 1) rows.unshift(["Per sample", joules(estimate.energy_j_per_sample)]);
  if (time_s !== null) {
    rows.push(["Time", seconds(time_s)], ["Mean power", watts(estimate.power_w)]);
    rows.push(["Energy × delay", jouleSeconds(energy_j * time_s)]);
  }
  rows.push(["Work", macs(estimate.macs)], ["Parameters", count(estimate.params)]);
  const carbon = estimate.footprint?.per_inference.operational_gco2;
  if (carbon) rows.push(["CO₂e of 1000", grams(1000 * carbon.value)]);
  rows.push(["Fitted share", percent(estimate.coverage.fitted)]);
  return facts(rows);
}

function showEstimate(estimate: Estimate): (HTMLElement | null)[] {
  const { layers, profile, interval, model, batch } = estimate;
  const parts = layerSections({ model, layers, profile, interval });
  const table = parts.pop()!;
  return [
    heading(model, batch, profile.title),
    total(estimate, interval, batch === 1 ? "per inference" : `per inference of ${batch} samples`),
    ofOneInference(estimate),
    warnings(estimate.warnings),
    ...parts,
    estimate.footprint ? footprintSection(estimate.footprint) : null,
    evidenceSection(layers, estimate.coverage, profile),
    table,
  ];
}

function phaseFacts(name: string, phase: Phase, whole_j: number): HTMLElement {
  return h(
    "section",
    { class: "phase" },
    h("h2", {}, name),
    total(phase, 0, "").firstElementChild as HTMLElement,
    facts([
      ["Share", percent(phase.energy_j / (whole_j || 1))],
      ["Tokens", `${phase.tokens} in ${phase.passes} pass${phase.passes === 1 ? "" : "es"}`],
      ["Per token", joules(phase.energy_j_per_token)],
      ["Time", seconds(phase.time_s)],
      ["Work", macs(phase.macs)],
    ]),
  );
}

function coverageOf(phase: Phase): Record<Coverage, number> {
  const shares: Record<Coverage, number> = { fitted: 0, fallback: 0, free: 0, unknown: 0 };
  for (const layer of phase.layers_of_one_pass) shares[layer.coverage] += layer.share;
  return shares;
}

/** The layers of one pass at a time: the prompt's, or a generated token's. */
function passSections(generation: Generation): HTMLElement {
  const passes: [string, Phase][] = [["Prefill: the prompt's pass", generation.prefill]];
  if (generation.decode) passes.unshift(["Decode: one generated token", generation.decode]);
  const body = h("div");
  const show = (phase: Phase) =>
    body.replaceChildren(
      ...layerSections(
        {
          model: generation.model,
          layers: phase.layers_of_one_pass,
          profile: generation.profile,
          interval: generation.interval,
        },
        "All layers of this pass",
      ),
      evidenceSection(phase.layers_of_one_pass, coverageOf(phase), generation.profile),
    );
  show(passes[0]![1]);
  const choices = passes.map(([name, phase], i) =>
    h(
      "label",
      {},
      h("input", { type: "radio", name: "pass", checked: i === 0, onchange: () => show(phase) }),
      name,
    ),
  );
  return h(
    "div",
    {},
    h("fieldset", { class: "choice" }, h("legend", {}, "Layers of which pass"), ...choices),
    body,
  );
}

function showGeneration(generation: Generation): (HTMLElement | null)[] {
  const { energy_j, profile, batch, prompt_tokens, generated_tokens } = generation;
  const asked = `${prompt_tokens} tokens of prompt, ${generated_tokens} generated`;
  const rows: [string, string][] = [
    ["Request", batch === 1 ? asked : `${batch} sequences of ${asked}`],
  ];
  if (generation.energy_j_per_generated_token !== null) {
    rows.push(["Per generated token", joules(generation.energy_j_per_generated_token)]);
  }
  rows.push(
    ["Per 1000 requests", wattHours(1000 * energy_j)],
    ["Time", seconds(generation.time_s)],
  );
  rows.push(["Parameters", count(generation.params)]);
  if (generation.kv_cache_bytes > 0)
    rows.push(["Keys and values kept", `${count(generation.kv_cache_bytes)}B`]);
  const phases = h("div", { class: "phases" }, phaseFacts("Prefill", generation.prefill, energy_j));
  if (generation.decode) phases.append(phaseFacts("Decode", generation.decode, energy_j));
  return [
    heading(generation.model, batch, profile.title),
    total(generation, generation.interval, "per request"),
    facts(rows),
    warnings(generation.warnings),
    phases,
    generation.footprint ? footprintSection(generation.footprint) : null,
    passSections(generation),
  ];
}

/** Fills an element with the report of an estimate. */
export function showReport(element: HTMLElement, estimate: AnyEstimate): void {
  const parts = isGeneration(estimate) ? showGeneration(estimate) : showEstimate(estimate);
  element.replaceChildren(...parts.filter((part): part is HTMLElement => part !== null));
}
