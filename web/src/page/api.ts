// SPDX-License-Identifier: Apache-2.0
// The server's JSON API.

import type { AnyEstimate } from "../base/types";
import type { ChosenModel, State } from "./state";

export interface ZooModel {
  name: string;
  summary: string;
}

export interface Device {
  device: string;
  title: string;
}

export interface Upload {
  model: string;
  name: string;
  format: string;
}

async function ask(path: string, options: RequestInit = {}): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(`api/v1/${path}`, options);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Error("the server does not answer: is joulecast serve still running?");
  }
  const text = await response.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Error(`the server answers with ${response.status} and no JSON`);
  }
  if (!response.ok) {
    const message = (body as { error?: { message?: string } }).error?.message;
    throw new Error(message ?? `the server answers with ${response.status}`);
  }
  return body;
}

export async function zoo(): Promise<ZooModel[]> {
  return ((await ask("zoo")) as { models: ZooModel[] }).models;
}

/** The devices that a forecast can be made for, and the one that is meant where none is named. */
export async function devices(): Promise<{ default: string; devices: Device[] }> {
  return (await ask("devices")) as { default: string; devices: Device[] };
}

/** The server reads the file while it comes, and keeps what describes the model, no weights. */
export async function upload(content: Blob, name: string): Promise<Upload> {
  const headers = {
    "Content-Type": "application/octet-stream",
    "X-Model-Name": encodeURIComponent(name),
  };
  return (await ask("models", { method: "POST", headers, body: content })) as Upload;
}

export async function estimate(
  model: ChosenModel,
  batch: number | undefined,
  state: State,
  signal: AbortSignal,
): Promise<AnyEstimate> {
  const query = new URLSearchParams({ model: model.id });
  if (batch !== undefined) query.set("batch", String(batch));
  for (const key of ["device", "region", "dtype"] as const) {
    if (state[key]) query.set(key, state[key]);
  }
  for (const shape of state.shape.split(/\s+/).filter(Boolean)) query.append("shape", shape);
  for (const key of ["prompt", "generate"] as const) {
    if (state[key] !== null) query.set(key, String(state[key]));
  }
  return (await ask(`estimate?${query}`, { signal })) as AnyEstimate;
}
