// SPDX-License-Identifier: Apache-2.0
// What the page shows, as its address holds it: a shared address shows the same.

export interface ChosenModel {
  /** A name of the zoo, or "upload:..." while the server remembers it. */
  id: string;
  name: string;
}

export interface State {
  models: ChosenModel[];
  batches: number[]; // none: as the model says
  device: string; // empty: the server's default
  region: string;
  shape: string;
  dtype: string;
  /** Tokens of a request to a language model; null: the server's default. */
  prompt: number | null;
  generate: number | null;
}

/** "1, 8 64" as numbers; null if any is none. */
export function readBatches(text: string): number[] | null {
  const parts = text.split(/[\s,]+/).filter(Boolean);
  const numbers = parts.map(Number);
  return numbers.every((n) => Number.isSafeInteger(n) && n > 0) ? [...new Set(numbers)] : null;
}

/** A whole number, or null. */
export function readCount(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text.trim()) ? Number(text) : null;
}

export function stateOf(query: string): State {
  const values = new URLSearchParams(query);
  const ids = values.getAll("model");
  const names = values.getAll("name");
  let named = 0;
  const models = ids.map((id) => ({
    id,
    name: id.startsWith("upload:") ? (names[named++] ?? "uploaded model") : id,
  }));
  return {
    models,
    batches: readBatches(values.get("batch") ?? "") ?? [],
    device: values.get("device") ?? "",
    region: values.get("region") ?? "",
    shape: values.get("shape") ?? "",
    dtype: values.get("dtype") ?? "",
    prompt: readCount(values.get("prompt")),
    generate: readCount(values.get("generate")),
  };
}

export function queryOf(state: State): string {
  const values = new URLSearchParams();
  for (const model of state.models) {
    values.append("model", model.id);
    if (model.id !== model.name) values.append("name", model.name);
  }
  if (state.batches.length > 0) values.set("batch", state.batches.join(","));
  for (const key of ["device", "region", "shape", "dtype"] as const) {
    if (state[key]) values.set(key, state[key]);
  }
  for (const key of ["prompt", "generate"] as const) {
    if (state[key] !== null) values.set(key, String(state[key]));
  }
  const text = values.toString();
  return text ? `?${text}` : "";
}
