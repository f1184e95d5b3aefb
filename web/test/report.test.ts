// SPDX-License-Identifier: Apache-2.0
// Reports in a browser: what a reader sees of files that the program wrote.

import assert from "node:assert/strict";
import { test } from "node:test";
import { joules } from "../src/base/format";
import type { Estimate, Training } from "../src/base/types";
import {
  assertAccessible,
  assertFits,
  close,
  drawnCharts,
  file,
  joulecast,
  report,
  visit,
} from "./browser";

const resnet = report("estimate", "resnet50", "--region", "FR");
const alexnet = report("estimate", "alexnet", "--batch", "4", "--region", "FR");
const trained = report(
  "estimate",
  "resnet18",
  "--batch",
  "8",
  "--region",
  "FR",
  "--train",
  "--dataset-size",
  "1000",
);
const compared = report(
  "compare",
  "resnet50",
  "vgg16",
  "mobilenet_v2",
  "--batch",
  "1,8",
  "--accuracy",
  "resnet50=76.1",
  "--accuracy",
  "vgg16=71.6",
  "--accuracy",
  "mobilenet_v2=71.9",
);

function estimateOf(...words: string[]): Estimate {
  return JSON.parse(joulecast("estimate", ...words, "--format", "json")) as Estimate;
}

test("an estimate shows its total, its charts and each layer once", async () => {
  const { page, complaints } = await visit(resnet);
  const printed = estimateOf("resnet50");
  assert.equal(await page.locator(".amount strong").innerText(), joules(printed.energy_j));
  assert.match(await page.locator(".interval").innerText(), /^90\s% interval/);
  const [drawn, all] = await drawnCharts(page);
  assert.equal(drawn, all);
  assert.ok(all >= 5, `${all} charts`);
  const rows = page.locator("tbody tr", { has: page.locator("code") });
  assert.equal(await rows.count(), printed.layers.length);
  assert.deepEqual(complaints, []);
  await close(page);
});

test("the table sorts by any column and back, and filters, by keyboard alone", async () => {
  const { page } = await visit(resnet);
  const printed = estimateOf("resnet50");
  const most = [...printed.layers].sort((a, b) => b.energy_j - a.energy_j)[0]!;
  const table = page.getByRole("region", { name: "All layers, table" });
  await table.getByRole("button", { name: "Energy" }).focus();
  await page.keyboard.press("Enter");
  assert.equal(await table.locator("th[aria-sort]").getAttribute("aria-sort"), "descending");
  assert.equal(await table.locator("tbody th").first().innerText(), most.name);
  await page.keyboard.press("Enter");
  assert.equal(await table.locator("th[aria-sort]").getAttribute("aria-sort"), "ascending");
  assert.notEqual(await table.locator("tbody th").first().innerText(), most.name);

  await page.getByLabel("Filter").focus();
  await page.keyboard.type("layer4.2");
  const shown = await table.locator("tbody tr:visible th").allInnerTexts();
  assert.equal(
    shown.length,
    printed.layers.filter((layer) => layer.name.startsWith("layer4.2")).length,
  );
  await close(page);
});

test("blocks open one into the other, by keyboard alone", async () => {
  const { page } = await visit(resnet);
  const parts = page.locator(".parts");
  await parts.getByRole("button", { name: "layer3", exact: true }).focus();
  await page.keyboard.press("Enter");
  const children = await parts.getByRole("button").allInnerTexts();
  assert.deepEqual([...children].sort(), ["0", "1", "2", "3", "4", "5"]);
  await page.locator(".trail").getByRole("button", { name: "resnet50" }).focus();
  await page.keyboard.press("Enter");
  assert.ok((await parts.getByRole("button").allInnerTexts()).includes("layer3"));
  await close(page);
});

for (const [name, address] of [
  ["an estimate", alexnet],
  ["a training", trained],
  ["a comparison", compared],
] as const) {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`${name} is accessible, ${colorScheme}`, async () => {
      const { page, complaints } = await visit(address, { colorScheme });
      await assertAccessible(page);
      assert.deepEqual(complaints, []);
      await close(page);
    });
  }

  test(`${name} fits a phone`, async () => {
    const { page } = await visit(address, {
      viewport: { width: 390, height: 844 },
      deviceScaleFactor: 2,
    });
    await assertFits(page);
    const [drawn, all] = await drawnCharts(page);
    assert.equal(drawn, all);
    await close(page);
  });
}

test("a training shows its phases, and the layers of the step or of one of them", async () => {
  const { page, complaints } = await visit(trained);
  const printed = JSON.parse(
    joulecast("estimate", "resnet18", "--batch", "8", "--train", "--format", "json"),
  ) as Training;
  const phases = page.locator(".phase");
  assert.deepEqual(await phases.locator("h2").allInnerTexts(), ["Forward", "Backward", "Update"]);
  assert.deepEqual(
    await phases.locator("strong").allInnerTexts(),
    Object.values(printed.phases).map((phase) => joules(phase.energy_j)),
  );
  assert.match(await page.locator("main").innerText(), /125 steps/); // 1000 / 8
  const rows = page.locator("tbody tr", { has: page.locator("code") });
  assert.equal(await rows.count(), printed.layers.length);
  const modules = await page.locator(".parts").getByRole("button").allInnerTexts();
  for (const phase of Object.keys(printed.phases)) assert.ok(modules.includes(phase), phase);
  await page.getByLabel("Backward", { exact: true }).check();
  const backward = printed.layers.filter((layer) => layer.phase === "backward");
  assert.equal(await rows.count(), backward.length);
  const [drawn, all] = await drawnCharts(page);
  assert.equal(drawn, all);
  assert.deepEqual(complaints, []);
  await close(page);
});

test("a comparison has a row for each model and batch, and what makes the difference", async () => {
  const { page, complaints } = await visit(compared);
  const table = page.getByRole("region", { name: "Side by side, table" });
  assert.equal(await table.locator("tbody tr").count(), 6);
  assert.equal(await table.getByText("76.1", { exact: false }).count(), 2);
  await page.getByRole("combobox").first().selectOption({ label: "resnet50, batch 1" });
  await page.getByRole("combobox").last().selectOption({ label: "resnet50, batch 8" });
  await page.getByRole("heading", { name: "By layer", exact: true }).waitFor();
  assert.deepEqual(complaints, []);
  await close(page);
});

test("without scripts the main numbers and the layers are there", async () => {
  const { page } = await visit(resnet, { javaScriptEnabled: false });
  const text = await page.locator("main").innerText();
  assert.match(text, /Energy, 90 % interval/);
  assert.match(text, /layer4\.2\.conv3/);
  await close(page);
});

/** An ONNX file of one Relu, as bytes: fields are (number << 3 | 2), length, content. */
function oneNode(name: string): Uint8Array {
  const bytes = (text: string) => [...new TextEncoder().encode(text)];
  const varint = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...varint(n >> 7)]);
  const field = (number: number, content: number[]) => [
    (number << 3) | 2,
    ...varint(content.length),
    ...content,
  ];
  const value = (label: string) => {
    const extent = field(1, [8, 8]); // dim_value: 8
    return [...field(1, bytes(label)), ...field(2, field(1, [8, 1, ...field(2, extent)]))];
  };
  const node = [
    ...field(1, bytes("x")),
    ...field(2, bytes("y")),
    ...field(3, bytes(name)),
    ...field(4, bytes("Relu")),
  ];
  const graph = [
    ...field(1, node),
    ...field(2, bytes(name)),
    ...field(11, value("x")),
    ...field(12, value("y")),
  ];
  return Uint8Array.from([8, 8, ...field(7, graph), ...field(8, [16, 17])]);
}

test("markup in names stays text", async () => {
  const bad = '</script><script>alert(1)</script><img src=x onerror="alert(2)">';
  const address = report("estimate", file("bad.onnx", oneNode(bad)));
  const { page, complaints } = await visit(address);
  assert.equal(await page.locator("tbody th").first().innerText(), bad);
  assert.equal(await page.locator("main img").count(), 0);
  assert.deepEqual(complaints, []);
  await close(page);
});

test("models of many hundred layers are drawn whole", async () => {
  const { page, complaints } = await visit(report("estimate", "maxvit_t"));
  const printed = estimateOf("maxvit_t");
  assert.ok(printed.layers.length > 500);
  assert.equal(await page.locator("tbody tr").count(), printed.layers.length);
  const [drawn, all] = await drawnCharts(page);
  assert.equal(drawn, all);
  await assertFits(page);
  assert.deepEqual(complaints, []);
  await close(page);
});

test("a language model shows its request and both kinds of pass", async () => {
  const config = file(
    "config.json",
    JSON.stringify({
      model_type: "llama",
      hidden_size: 512,
      intermediate_size: 1376,
      num_hidden_layers: 4,
      num_attention_heads: 8,
      num_key_value_heads: 8,
      vocab_size: 32000,
      max_position_embeddings: 2048,
      torch_dtype: "float32",
    }),
  );
  const { page, complaints } = await visit(
    report("estimate", config, "--prompt", "64", "--generate", "16"),
  );
  assert.match(await page.locator(".amount").first().innerText(), /per request$/);
  await page.getByLabel("Prefill: the prompt's pass").check();
  await page.getByRole("heading", { name: "All layers of this pass" }).waitFor();
  const [drawn, all] = await drawnCharts(page);
  assert.equal(drawn, all);
  await assertAccessible(page);
  assert.deepEqual(complaints, []);
  await close(page);
});

test("on paper a report is light and every chart is there", async () => {
  const { page } = await visit(resnet, { colorScheme: "dark" });
  const pdf = await page.pdf({ format: "A4" });
  assert.ok(pdf.length > 100_000, `${pdf.length} bytes`);
  // The page is dark again afterwards.
  assert.equal(await page.evaluate(() => document.documentElement.className), "");
  await close(page);
});
