// SPDX-License-Identifier: Apache-2.0
// The page of `joulecast serve`, as somebody uses it.

import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { joules } from "../src/base/format";
import type { Estimate } from "../src/base/types";
import {
  assertAccessible,
  assertFits,
  close,
  drawnCharts,
  file,
  joulecast,
  program,
  root,
  visit,
  type Visit,
} from "./browser";

interface Server {
  process: ChildProcess;
  address: string;
}

/** Starts a server on a port that is free; it says which. */
async function serve(...words: string[]): Promise<Server> {
  const started = spawn(program, ["serve", "--port", "0", ...words], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const text of started.stdout!) {
    const address = /http:\S+/.exec(String(text))?.[0];
    if (address) return { process: started, address };
  }
  throw new Error(`${program} serve does not start`);
}

let server: Server;
let address = "";
before(async () => {
  server = await serve();
  address = server.address;
});
after(() => {
  server.process.kill();
});

function estimateOf(...words: string[]): Estimate {
  return JSON.parse(joulecast("estimate", ...words, "--format", "json")) as Estimate;
}

function total(page: Page) {
  return page.locator(".amount strong").first();
}

async function finished({ page, complaints }: Visit): Promise<void> {
  assert.deepEqual(complaints, []);
  await close(page);
}

/** A network as its authors exported it, of the folder that other tests read too. */
function onnxFile(): { path: string; skip: string | false } {
  const folder = process.env["JOULECAST_MODELS"] ?? join(root, "../shared/models");
  const path = join(folder, "onnx_light/light_resnet50.onnx");
  return { path, skip: existsSync(path) ? false : `no ${path}; set JOULECAST_MODELS` };
}

test("a network by name, with the keyboard alone, then another batch", async () => {
  const visited = await visit(address);
  const { page } = visited;
  await page.keyboard.press("Tab"); // the page's name
  await page.keyboard.press("Tab"); // a network by name
  await page.keyboard.type("resnet18");
  await page.keyboard.press("Enter");
  await total(page).waitFor();
  assert.equal(await total(page).innerText(), joules(estimateOf("resnet18").energy_j));

  await page.getByRole("textbox", { name: "Batch" }).focus();
  await page.keyboard.type("8");
  await page.keyboard.press("Enter");
  await page.getByText("per inference of 8 samples").waitFor();
  assert.equal(
    await total(page).innerText(),
    joules(estimateOf("resnet18", "--batch", "8").energy_j),
  );
  const [drawn, all] = await drawnCharts(page);
  assert.equal(drawn, all);
  assert.match(page.url(), /\?model=resnet18&batch=8/);

  await page.goBack();
  await page.getByText(/J per inference$/).waitFor();
  assert.equal(await page.getByRole("textbox", { name: "Batch" }).inputValue(), "");
  await finished(visited);
});

const onnx = onnxFile();
test(
  "an ONNX file is uploaded, compared, and shown again from its address",
  { skip: onnx.skip },
  async () => {
    const visited = await visit(address);
    const { page } = visited;
    await page.locator("input[type=file]").setInputFiles(onnx.path);
    await total(page).waitFor();
    assert.equal(await total(page).innerText(), joules(estimateOf(onnx.path).energy_j));

    await page.getByLabel("A network by name").fill("vgg16");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "2 forecasts side by side" }).waitFor();
    const lead = await page.locator(".lead").innerText();
    assert.match(lead, /vgg16 the most/);

    const shared = page.url();
    await page.goto("about:blank");
    await page.goto(shared);
    await page.getByRole("heading", { name: "2 forecasts side by side" }).waitFor();
    assert.equal(await page.locator(".lead").innerText(), lead);
    assert.deepEqual(
      await page
        .locator(".chosen li")
        .allInnerTexts()
        .then((texts) => texts.map((text) => text.split("×")[0]!.trim())),
      ["light_resnet50.onnx", "vgg16"],
    );
    await finished(visited);
  },
);

test("a config.json that is pasted becomes a request to a language model", async () => {
  const visited = await visit(address);
  const { page } = visited;
  await page.getByText("or a pasted config.json").click();
  const config = {
    model_type: "llama",
    hidden_size: 256,
    intermediate_size: 688,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 4,
    vocab_size: 1000,
    max_position_embeddings: 2048,
    torch_dtype: "float32",
  };
  await page.getByLabel("A language model's config.json, pasted").fill(JSON.stringify(config));
  await page.getByRole("button", { name: "Use it" }).click();
  await page.getByText("per request").waitFor();
  await page.getByText("512 tokens of prompt, 128 generated").waitFor();
  await page.getByLabel("Tokens to generate").fill("4");
  await page.keyboard.press("Enter");
  await page.getByText("512 tokens of prompt, 4 generated").waitFor();
  await finished(visited);
});

test("what is wrong is said, and the page goes on", async () => {
  const visited = await visit(address);
  const { page } = visited;
  const alert = page.getByRole("alert");
  await page.locator("input[type=file]").setInputFiles(file("not.onnx", "<b>no model</b>"));
  await alert.getByText("not.onnx").waitFor();
  assert.equal(await alert.locator("b").count(), 0);
  await page.getByLabel("A network by name").fill("resnet51");
  await page.keyboard.press("Enter");
  await alert.getByText("resnet51").waitFor();
  await page.getByRole("button", { name: "Remove resnet51" }).click();
  await page.getByLabel("A network by name").fill("alexnet");
  await page.keyboard.press("Enter");
  await total(page).waitFor();
  assert.equal(await alert.innerText(), "");
  // The browser reports every answer of 400 and more by itself.
  assert.deepEqual(
    visited.complaints.filter((text) => !text.includes("Failed to load resource")),
    [],
  );
  await close(page);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the page is accessible, ${colorScheme}`, async () => {
    const visited = await visit(address, { colorScheme });
    await assertAccessible(visited.page);
    await visited.page.goto(`${address}?model=resnet18&model=vgg11&batch=1,8&region=FR`);
    await visited.page.locator(".lead").waitFor();
    await assertAccessible(visited.page);
    await finished(visited);
  });
}

test("the page fits a phone", async () => {
  const visited = await visit(`${address}?model=resnet18`, {
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
  });
  await total(visited.page).waitFor();
  await assertFits(visited.page);
  await finished(visited);
});

test("a report in an address that nobody remembers says so", async () => {
  const visited = await visit(
    `${address}?model=upload%3A00000000000000000000000000000000&name=mine.onnx`,
  );
  await visited.page.getByRole("alert").getByText("upload it again").waitFor();
  await close(visited.page);
});

test("a server's token is the password that the browser asks for", async () => {
  const token = "a-token-of-more-than-16-letters";
  const path = file("token", token);
  chmodSync(path, 0o600);
  const other = await serve("--token-file", path);
  const { page } = await visit(`${other.address}?model=resnet18`, {
    httpCredentials: { username: "", password: token },
  });
  await total(page).waitFor();
  other.process.kill();
  await close(page);
});
