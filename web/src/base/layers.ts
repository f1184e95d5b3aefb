// SPDX-License-Identifier: Apache-2.0
// What can be told from a list of layers.

import { number, percent, printable } from "./format";
import { seriesCount, type Theme } from "./theme";
import type { Layer, Profile } from "./types";

export interface Sum {
  name: string;
  energy_j: number;
  layers: number;
}

/** Energy by layer type, the largest first. */
export function byType(layers: Layer[]): Sum[] {
  const sums = new Map<string, Sum>();
  for (const layer of layers) {
    const sum = sums.get(layer.type) ?? { name: layer.type, energy_j: 0, layers: 0 };
    sum.energy_j += layer.energy_j;
    sum.layers += 1;
    sums.set(layer.type, sum);
  }
  return [...sums.values()].sort((a, b) => b.energy_j - a.energy_j);
}

/** The same colour for a layer type in every chart of a report; rare ones share a last one. */
export class TypeColours {
  readonly names: string[];

  constructor(layers: Layer[]) {
    const types = byType(layers).filter((sum) => sum.energy_j > 0);
    this.names = types
      .slice(0, types.length > seriesCount ? seriesCount - 1 : seriesCount)
      .map((sum) => sum.name);
  }

  of(type: string, theme: Theme): string {
    const place = this.names.indexOf(type);
    return place < 0 ? theme.other : theme.series[place]!;
  }

  /** Class of the style sheet that has this colour. */
  classOf(type: string): string {
    const place = this.names.indexOf(type);
    return place < 0 ? "colour-other" : `colour-${place}`;
  }
}

/** A module of a model, or a layer of it. */
export interface Block {
  name: string;
  path: string;
  energy_j: number;
  start_j: number; // of what ran before it
  layers: number;
  layer?: Layer;
  children: Block[];
}

/** The modules that a layer's name tells: "layer1.0.conv1" and "/layer1/layer1.0/conv1/Conv". */
export function modulesOf(name: string): string[] {
  if (!name.includes("/")) return name.split(".").filter(Boolean);
  const modules: string[] = [];
  let parent = "";
  for (const part of name.split("/").filter(Boolean)) {
    // What PyTorch exports repeats a module's parent in its name.
    modules.push(parent && part.startsWith(`${parent}.`) ? part.slice(parent.length + 1) : part);
    parent = part;
  }
  return modules;
}

function makeBlock(name: string, path: string, start_j: number): Block {
  return { name, path, start_j, energy_j: 0, layers: 0, children: [] };
}

/** What has a single module within is shown as one: "encoder.layers". */
function join(block: Block): Block {
  let joined = block;
  while (joined.children.length === 1 && !joined.children[0]!.layer) {
    const child = joined.children[0]!;
    joined = { ...child, name: joined.name ? `${joined.name}.${child.name}` : child.name };
  }
  return { ...joined, children: joined.children.map(join) };
}

/**
 * Modules as a tree whose leaves are the layers, in execution order. Where a module is left and
 * entered again it stands there twice, so that everything lies in the order in which it runs.
 */
export function blocksOf(layers: Layer[], model: string): Block {
  const root = makeBlock("", "", 0);
  let before = 0;
  for (const layer of layers) {
    if (layer.coverage === "free") continue;
    const modules = modulesOf(printable(layer.name));
    let block = root;
    for (const name of modules.slice(0, -1)) {
      const last = block.children[block.children.length - 1];
      const path = block.path ? `${block.path}.${name}` : name;
      if (last && !last.layer && last.name === name) {
        block = last;
      } else {
        const next = makeBlock(name, path, before);
        block.children.push(next);
        block = next;
      }
    }
    const name = modules[modules.length - 1] ?? layer.type;
    block.children.push({
      ...makeBlock(name, layer.name, before),
      layer,
      energy_j: layer.energy_j,
      layers: 1,
    });
    before += layer.energy_j;
  }
  const sum = (block: Block): void => {
    for (const child of block.children) {
      sum(child);
      block.energy_j += child.energy_j;
      block.layers += child.layers;
    }
  };
  sum(root);
  return { ...join(root), name: model };
}

/** Whether the names tell more than a list. */
export function hasBlocks(root: Block): boolean {
  return root.children.some((child) => !child.layer);
}

export interface Traffic {
  layer: Layer;
  intensity: number; // FLOP per byte
  pj_per_flop: number;
}

/** Layers with arithmetic; 1 MAC is 2 FLOP. */
export function trafficOf(layers: Layer[]): Traffic[] {
  const points: Traffic[] = [];
  for (const layer of layers) {
    if (!layer.macs || !(layer.bytes > 0) || !(layer.energy_j > 0)) continue;
    const flop = 2 * layer.macs;
    points.push({
      layer,
      intensity: flop / layer.bytes,
      pj_per_flop: (1e12 * layer.energy_j) / flop,
    });
  }
  return points;
}

/** FLOP per byte at which a device spends as much on traffic as on arithmetic. */
export function balanceOf(generic: Profile["generic"]): number | null {
  if (!(generic.per_gmac_j > 0) || !(generic.per_gb_j > 0)) return null;
  return (2 * generic.per_gb_j) / generic.per_gmac_j;
}

/** Which share of a model's energy moves data rather than computes. */
export function memoryBound(
  points: Traffic[],
  generic: Profile["generic"],
  total_j: number,
): string {
  const balance = balanceOf(generic);
  if (!balance) return "";
  const left = points.filter((point) => point.intensity < balance);
  const energy = left.reduce((sum, point) => sum + point.layer.energy_j, 0);
  return (
    `This device spends as much on a byte as on ${number(balance)} FLOP (dashed). ` +
    `${left.length} of ${points.length} layers lie left of it, with ${percent(energy / (total_j || 1))} ` +
    "of the energy: there, moving data costs more than arithmetic."
  );
}
