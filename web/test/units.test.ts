// SPDX-License-Identifier: Apache-2.0
// What needs no browser: numbers, names, addresses.

import assert from "node:assert/strict";
import { test } from "node:test";
import { paretoFront, type ParetoPoint } from "../src/base/pareto";
import { linearLimits, logLimits } from "../src/base/limits";
import { placeLabels } from "../src/charts/labels";
import {
  count,
  joules,
  percent,
  range,
  seconds,
  shorten,
  spread,
  wattHours,
} from "../src/base/format";
import { balanceOf, blocksOf, modulesOf } from "../src/base/layers";
import type { Layer } from "../src/base/types";
import { queryOf, readBatches, stateOf } from "../src/page/state";

const plain = (text: string) => text.replaceAll("\u00a0", " ");

test("numbers have three digits and a unit that fits", () => {
  assert.equal(plain(joules(11.2204)), "11.2 J");
  assert.equal(plain(joules(0.24451)), "245 mJ");
  assert.equal(plain(joules(0.9996)), "1.00 J");
  assert.equal(plain(joules(0)), "0 J");
  assert.equal(plain(joules(null)), "–");
  assert.equal(plain(joules(2.5e-5)), "25.0 µJ");
  assert.equal(plain(seconds(3725)), "3725 s"); // no kiloseconds
  assert.equal(plain(wattHours(3600)), "1.00 Wh");
  assert.equal(plain(count(512)), "512");
  assert.equal(plain(count(25557032)), "25.6 M");
});

test("shares are never rounded to nothing", () => {
  assert.equal(plain(percent(0.0001)), "<0.1 %");
  assert.equal(plain(percent(0)), "0.0 %");
  assert.equal(plain(percent(0.875)), "87.5 %");
});

test("an interval names its unit once where both ends have it", () => {
  assert.equal(plain(range(9.79, 12.86, joules)), "9.79 – 12.9 J");
  assert.equal(plain(range(0.5, 1.5, joules)), "500 mJ – 1.50 J");
  assert.equal(plain(spread({ energy_j: 10, energy_j_high: 11.5 })), "±15 %");
  assert.equal(plain(spread({ energy_j: 0, energy_j_high: 0 })), "–");
});

test("long names keep both ends", () => {
  assert.equal(shorten("features.denseblock4.norm1", 11), "featu…norm1");
  assert.equal(shorten("short", 11), "short");
});

test("modules are read from the names of the zoo and of PyTorch's exports", () => {
  assert.deepEqual(modulesOf("layer1.0.conv1"), ["layer1", "0", "conv1"]);
  assert.deepEqual(modulesOf("/layer1/layer1.0/conv1/Conv"), ["layer1", "0", "conv1", "Conv"]);
  assert.deepEqual(modulesOf("n12"), ["n12"]);
});

function layer(name: string, energy_j: number): Layer {
  return {
    index: 0,
    name,
    op: "Conv",
    type: "conv2d",
    spec: null,
    macs: null,
    params: null,
    bytes: 1,
    time_s: null,
    energy_j,
    energy_j_low: energy_j,
    energy_j_high: energy_j,
    share: 0,
    coverage: "fitted",
    in_support: true,
  };
}

test("blocks add up and stand in execution order", () => {
  const root = blocksOf([layer("a.x", 1), layer("b.0.y", 2), layer("a.z", 4)], "net");
  assert.equal(root.energy_j, 7);
  // b has one module within and is joined with it; a is left and entered again.
  assert.deepEqual(
    root.children.map((block) => [block.name, block.energy_j, block.start_j]),
    [
      ["a", 1, 0],
      ["b.0", 2, 1],
      ["a", 4, 3],
    ],
  );
});

test("the front has what nothing beats in both", () => {
  const point = (name: string, x: number, y: number): ParetoPoint => ({
    name,
    x,
    y,
    low: x,
    high: x,
  });
  const points = [
    point("dear", 10, 80),
    point("worse", 5, 60),
    point("cheap", 1, 70),
    point("same", 1, 65),
  ];
  assert.deepEqual(
    paretoFront(points, "high").map((p) => p.name),
    ["cheap", "dear"],
  );
  assert.deepEqual(
    paretoFront(points, "low").map((p) => p.name),
    ["same", "worse"],
  );
});

test("a device's balance is where a byte costs as much as its FLOPs", () => {
  // 2 J/GMAC is 1 nJ a FLOP; 8 J/GB is 8 nJ a byte.
  assert.equal(balanceOf({ per_gmac_j: 2, per_gb_j: 8 }), 8);
  assert.equal(balanceOf({ per_gmac_j: 0, per_gb_j: 8 }), null);
});

test("an address holds the state", () => {
  const state = {
    models: [
      { id: "resnet50", name: "resnet50" },
      { id: "upload:ab12", name: "my net.onnx" },
    ],
    batches: [1, 8],
    device: "xeon-gold-5120",
    region: "FR",
    shape: "in=1x3x224x224",
    dtype: "f16",
    prompt: 64,
    generate: 0,
  };
  assert.deepEqual(stateOf(queryOf(state)), state);
  assert.deepEqual(stateOf("").models, []);
  assert.equal(stateOf("?model=a&batch=x").batches.length, 0);
});

test("batches are whole and positive, each once", () => {
  assert.deepEqual(readBatches("1, 8 8,64"), [1, 8, 64]);
  assert.deepEqual(readBatches(" "), []);
  assert.equal(readBatches("1, x"), null);
  assert.equal(readBatches("0"), null);
  assert.equal(readBatches("1.5"), null);
});

test("names cover neither each other nor points", () => {
  // Three points so near that a name fits beside each only in different places, and one without room.
  const at = (text: string, x: number, y: number) => ({ text, x, y, left: x - 20, right: x + 20 });
  const points = [
    at("aaaaaaaaaa", 200, 100),
    at("bbbbbbbbbb", 205, 104),
    at("cccccccccc", 210, 108),
    at("d".repeat(90), 100, 50),
  ];
  const placed = placeLabels(points, { left: 0, right: 400, top: 0, bottom: 200 });
  assert.deepEqual(
    placed.map((label) => label.text[0]),
    ["a", "b", "c"].slice(0, placed.length),
  );
  assert.ok(placed.length >= 2);
  for (const [i, a] of placed.entries()) {
    for (const b of placed.slice(i + 1)) {
      assert.ok(
        Math.abs(a.y - b.y) >= 16 || a.x + 69 <= b.x || b.x + 69 <= a.x,
        `${a.text} covers ${b.text}`,
      );
    }
    for (const { x, y } of points) {
      assert.ok(
        Math.abs(a.y - y) >= 15 || a.x >= x + 7 || a.x + 69 <= x - 7,
        `${a.text} covers a point`,
      );
    }
  }
});

test("axes end on round numbers", () => {
  assert.deepEqual(linearLimits([69.8, 77.7]), { min: 68, max: 80, interval: 2 });
  assert.deepEqual(logLimits([2.1, 33]), { min: 2, max: 50 });
  assert.deepEqual(logLimits([]), { min: 1, max: 10 });
});
