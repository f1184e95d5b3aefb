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
  isTraining,
  type AnyEstimate,
  type Coverage,
  type Estimate,
  type Generation,
  type Layer,
  type Phase,
  type Training,
  type TrainingPhase,
  type TrainingRun,
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
  const carbon = estimate.footprint?.per_inference?.operational_gco2;
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

function coverageOf(layers: Layer[]): Record<Coverage, number> {
  const shares: Record<Coverage, number> = { fitted: 0, fallback: 0, free: 0, unknown: 0 };
  for (const layer of layers) shares[layer.coverage] += layer.share;
  return shares;
}

interface Part {
  name: string;
  layers: Layer[];
  caption: string;
}

/** Layers of one part of what runs at a time, the first one's to begin with. */
function partSections(
  { model, profile, interval }: AnyEstimate,
  question: string,
  parts: Part[],
): HTMLElement {
  const body = h("div");
  const show = ({ layers, caption }: Part) =>
    body.replaceChildren(
      ...layerSections({ model, layers, profile, interval }, caption),
      evidenceSection(layers, coverageOf(layers), profile),
    );
  show(parts[0]!);
  const choices = parts.map((part, i) =>
    h(
      "label",
      {},
      h("input", { type: "radio", name: "part", checked: i === 0, onchange: () => show(part) }),
      part.name,
    ),
  );
  return h(
    "div",
    {},
    h("fieldset", { class: "choice" }, h("legend", {}, question), ...choices),
    body,
  );
}

/** The layers of one pass at a time: the prompt's, or a generated token's. */
function passSections(generation: Generation): HTMLElement {
  const caption = "All layers of this pass";
  const part = (name: string, phase: Phase) => ({
    name,
    layers: phase.layers_of_one_pass,
    caption,
  });
  const passes = [part("Prefill: the prompt's pass", generation.prefill)];
  if (generation.decode) passes.unshift(part("Decode: one generated token", generation.decode));
  return partSections(generation, "Layers of which pass", passes);
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

const phaseNames: Record<TrainingPhase, string> = {
  forward: "Forward",
  backward: "Backward",
  update: "Update",
};

function trainingPhase(step: Training, phase: TrainingPhase): HTMLElement {
  const { energy_j, macs: products } = step.phases[phase];
  const rows: [string, string][] = [["Share", percent(energy_j / (step.energy_j || 1))]];
  if (products > 0) rows.push(["Work", macs(products)]);
  if (phase === "update") rows.push(["Optimizer", step.optimizer]);
  const evidence = step.layers.filter((layer) => layer.phase === phase);
  const fitted = coverageOf(evidence).fitted / (energy_j / (step.energy_j || 1) || 1);
  rows.push(["Fitted share", percent(fitted)]);
  return h(
    "section",
    { class: "phase" },
    h("h2", {}, phaseNames[phase]),
    h("p", { class: "amount" }, h("strong", {}, joules(energy_j))),
    facts(rows),
  );
}

function runText(run: TrainingRun): string {
  return `${joules(run.energy_j)} in ${run.steps} steps`;
}

/** Layers of the whole step lie within their phase, as within a module. */
function withinPhases(step: Training): Layer[] {
  return step.layers.map((layer) => ({
    ...layer,
    name: `${layer.phase}${layer.name.includes("/") ? "/" : "."}${layer.name.replace(/^\//, "")}`,
  }));
}

function showTraining(step: Training): (HTMLElement | null)[] {
  const { batch, time_s } = step;
  const rows: [string, string][] = [["Per sample", joules(step.energy_j_per_sample)]];
  if (step.epoch) rows.push(["Epoch", runText(step.epoch)]);
  if (step.training) rows.push([`${step.epochs} epochs`, runText(step.training)]);
  if (time_s !== null) {
    rows.push(["Time of a step", seconds(time_s)], ["Mean power", watts(step.power_w)]);
  }
  const whole_s = step.training?.time_s ?? step.epoch?.time_s;
  if (whole_s) rows.push(["Time of all steps", `${(whole_s / 3600).toPrecision(3)}\u00a0h`]);
  rows.push(["Parameters", count(step.params)]);
  const phases = Object.keys(phaseNames) as TrainingPhase[];
  const caption = "All layers of the step";
  return [
    heading(step.model, batch, step.profile.title),
    total(step, step.interval, `per training step of ${batch} sample${batch === 1 ? "" : "s"}`),
    facts(rows),
    warnings(step.warnings),
    h("div", { class: "phases" }, ...phases.map((phase) => trainingPhase(step, phase))),
    step.footprint ? footprintSection(step.footprint) : null,
    partSections(step, "Layers of which phase", [
      { name: "The whole step", layers: withinPhases(step), caption },
      ...phases.map((phase) => ({
        name: phaseNames[phase],
        layers: step.layers.filter((layer) => layer.phase === phase),
        caption: `All layers: ${phaseNames[phase].toLowerCase()}`,
      })),
    ]),
  ];
}

function partsOf(estimate: AnyEstimate): (HTMLElement | null)[] {
  if (isGeneration(estimate)) return showGeneration(estimate);
  return isTraining(estimate) ? showTraining(estimate) : showEstimate(estimate);
}

/** Fills an element with the report of an estimate. */
export function showReport(element: HTMLElement, estimate: AnyEstimate): void {
  element.replaceChildren(
    ...partsOf(estimate).filter((part): part is HTMLElement => part !== null),
  );
}
