// SPDX-License-Identifier: Apache-2.0
// What `joulecast ... --format json` prints, as far as it is shown.

export type Coverage = "fitted" | "fallback" | "free" | "unknown";

export interface Energy {
  energy_j: number;
  energy_j_low: number;
  energy_j_high: number;
}

export interface Layer extends Energy {
  index: number;
  name: string;
  op: string;
  type: string;
  spec: string | null;
  macs: number | null;
  params: number | null;
  bytes: number;
  time_s: number | null;
  share: number;
  coverage: Coverage;
  in_support: boolean;
  note?: string;
}

export interface Profile {
  device: string;
  title: string;
  kind: string;
  meter: string;
  hardware: string;
  software: string;
  dataset: string;
  fitted_by: string;
  training_rows: number;
  generic: { per_gmac_j: number; per_gb_j: number };
}

export interface Amount {
  value: number;
  low: number;
  high: number;
}

export interface Footprint {
  gco2_per_kwh: number | null;
  intensity_source: string;
  pue: number;
  price_per_kwh: number | null;
  embodied_kg: number | null;
  lifetime_years: number;
  inferences_per_year: number | null;
  per_inference?: FootprintAmounts;
  of_all_steps?: FootprintAmounts; // of a training
}

export interface FootprintAmounts {
  facility_energy_j: Amount;
  operational_gco2: Amount | null;
  embodied_gco2: number | null;
  sci_gco2: Amount | null;
  cost: Amount | null;
}

interface Forecast extends Energy {
  model: string;
  device: string;
  batch: number;
  interval: number;
  time_s: number | null;
  footprint?: Footprint;
  warnings: string[];
  profile: Profile;
}

export interface Estimate extends Forecast {
  power_w: number | null;
  energy_j_per_sample: number;
  macs: number;
  params: number;
  bytes: number;
  coverage: Record<Coverage, number>;
  layers: Layer[];
}

export interface Phase extends Energy {
  passes: number;
  tokens: number;
  energy_j_per_token: number;
  time_s: number | null;
  macs: number;
  layers_of_one_pass: Layer[];
}

/** What a request to a language model takes. */
export interface Generation extends Forecast {
  prompt_tokens: number;
  generated_tokens: number;
  energy_j_per_generated_token: number | null;
  params: number;
  kv_cache_bytes: number;
  prefill: Phase;
  decode: Phase | null;
}

export type TrainingPhase = "forward" | "backward" | "update";

export interface TrainingRun extends Energy {
  steps: number;
  time_s: number | null;
}

/** A training step: its layers are those of all three phases, as they run. */
export interface Training extends Estimate {
  optimizer: string;
  phases: Record<TrainingPhase, { energy_j: number; macs: number; bytes: number }>;
  dataset_size: number | null;
  epochs: number | null;
  epoch: TrainingRun | null;
  training: TrainingRun | null;
  layers: (Layer & { phase: TrainingPhase })[];
}

export type AnyEstimate = Estimate | Generation | Training;

export function isGeneration(estimate: AnyEstimate): estimate is Generation {
  return "prefill" in estimate;
}

export function isTraining(estimate: AnyEstimate): estimate is Training {
  return "phases" in estimate;
}

/** One of several estimates that are compared, with what its model scores, in per cent. */
export interface ComparedEstimate extends Estimate {
  accuracy_percent?: number | null;
}

export interface Comparison {
  estimates: ComparedEstimate[];
}
