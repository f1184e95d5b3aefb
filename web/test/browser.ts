// SPDX-License-Identifier: Apache-2.0
// What the tests in a browser share: Debian's Chromium, and the program that writes what it shows.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";

export const root = process.env["JOULECAST_ROOT"]!; // set by scripts/check_web
export const program = process.env["JOULECAST_BIN"] ?? join(root, "build/release/joulecast");
export const folder = mkdtempSync(join(tmpdir(), "joulecast-web-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the program and returns what it prints. */
export function joulecast(...words: string[]): string {
  return execFileSync(program, words, {
    encoding: "utf8",
    maxBuffer: 1e9,
    stdio: ["ignore", "pipe", "ignore"],
  });
}

/** Writes a report and returns its address. */
export function report(...words: string[]): string {
  const path = join(folder, `report-${Math.random().toString(36).slice(2)}.html`);
  joulecast(...words, "--format", "html", "-o", path);
  return pathToFileURL(path).href;
}

export function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

let browser: Promise<Browser> | undefined;
after(async () => (await browser)?.close());

/** One for all tests of a file; it makes a folder of its own for what it keeps. */
function launched(): Promise<Browser> {
  browser ??= chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  return browser;
}

export interface Visit {
  page: Page;
  /** What went wrong in the page, and what it asked of anybody else. */
  complaints: string[];
}

/** A visitor who has been nowhere before, and whose browser may ask the address's host alone. */
export async function visit(address: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await (
    await launched()
  ).newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const origin = new URL(address).origin;
  await context.route("**", (route) => {
    const url = route.request().url();
    if (
      url.startsWith("data:") ||
      url === address ||
      (origin !== "null" && new URL(url).origin === origin)
    ) {
      return route.continue();
    }
    complaints.push(`asks for ${url}`);
    return route.abort();
  });
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(address);
  return { page, complaints };
}

export async function close(page: Page): Promise<void> {
  await page.context().close();
}

const axe = readFileSync(
  createRequire(join(root, "web/package.json")).resolve("axe-core/axe.min.js"),
  "utf8",
);

/** Fails on what hinders people with assistive technology seriously. */
export async function assertAccessible(page: Page): Promise<void> {
  // By the debugger: the page's own policy would refuse another script element.
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const result = await (globalThis as any).axe.run(document, { resultTypes: ["violations"] });
    return result.violations
      .filter((one: any) => one.impact === "serious" || one.impact === "critical")
      .map(
        (one: any) =>
          `${one.id}: ${one.help}: ${one.nodes
            .slice(0, 3)
            .map((node: any) => node.html.slice(0, 200))
            .join(" | ")}`,
      );
  });
  assert.deepEqual(found, []);
}

/** Fails if the page can be scrolled sideways. */
export async function assertFits(page: Page): Promise<void> {
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    innerWidth,
  ]);
  assert.ok(content! <= window!, `${content} pixels of content in ${window}`);
}

/** How many charts have something on them, and how many there are. */
export async function drawnCharts(page: Page): Promise<[number, number]> {
  return page.evaluate(() => {
    const charts = [...document.querySelectorAll(".chart")];
    const drawn = charts.filter((chart) => {
      const canvas = chart.querySelector("canvas");
      if (!canvas || canvas.width === 0) return false;
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value) => value !== 0);
    });
    return [drawn.length, charts.length];
  });
}
