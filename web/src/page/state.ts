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
  /** Of a request to a language model; null where none is chosen. */
  request: { prompt: number; generate: number } | null;
}

export const emptyState: State = {
  models: [],
  batches: [],
  device: "",
  region: "",
  shape: "",
  dtype: "",
  request: null,
};

/** "1, 8 64" as numbers; null if any is none. */
export function readBatches(text: string): number[] | null {
  const parts = text.split(/[\s,]+/).filter(Boolean);
  const numbers = parts.map(Number);
  return numbers.every((n) => Number.isSafeInteger(n) && n > 0) ? [...new Set(numbers)] : null;
}

function readCount(text: string | null, otherwise: number): number {
  const value = Number(text);
  return text !== null && Number.isSafeInteger(value) && value >= 0 ? value : otherwise;
}

export function stateOf(query: string): State {
  const values = new URLSearchParams(query);
  const ids = values.getAll("model");
  const names = values.getAll("name");
  let named = 0;
  const models = ids.map((id) => ({ id, name: id.startsWith("upload:") ? (names[named++] ?? "uploaded model") : id }));
  return {
    models,
    batches: readBatches(values.get("batch") ?? "") ?? [],
    device: values.get("device") ?? "",
    region: values.get("region") ?? "",
    shape: values.get("shape") ?? "",
    dtype: values.get("dtype") ?? "",
    request: values.has("prompt")
      ? { prompt: readCount(values.get("prompt"), 512), generate: readCount(values.get("generate"), 128) }
      : null,
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
  if (state.request) {
    values.set("prompt", String(state.request.prompt));
    values.set("generate", String(state.request.generate));
  }
  const text = values.toString();
  return text ? `?${text}` : "";
}
