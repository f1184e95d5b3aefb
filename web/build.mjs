// SPDX-License-Identifier: Apache-2.0
// Builds src/ into the folder given: what the program carries. node build.mjs FOLDER
//
// report.html is a whole page, script and style within, whose policy names them by their hashes and
// allows nothing else; the program fills in what stands in {{braces}}. page.* is what `serve` serves.
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const folder = process.argv[2];
const source = fileURLToPath(new URL("src", import.meta.url));

async function bundle(entry) {
  const result = await build({
    entryPoints: [join(source, entry)],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: ["es2020"],
    legalComments: "none",
    logLevel: "warning",
  });
  return result.outputFiles[0].text.trim();
}

const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

async function makeReport(script, style) {
  const shell = await readFile(join(source, "report.html"), "utf8");
  // The end of a script within a string of it would end the element.
  const inlined = script.replaceAll("</script", "<\\/script");
  const values = { script: inlined, style, scriptHash: hash(inlined), styleHash: hash(style) };
  return shell.replace(/\[\[(\w+)\]\]/g, (_, name) => values[name]);
}

const [reportScript, pageScript, reportStyle, pageStyle] = await Promise.all(
  ["report.ts", "page.ts", "report.css", "page.css"].map(bundle),
);
const files = {
  "report.html": await makeReport(reportScript, reportStyle),
  "page.html": await readFile(join(source, "page.html"), "utf8"),
  "page.js": pageScript,
  "page.css": pageStyle,
  "favicon.svg": await readFile(join(source, "favicon.svg"), "utf8"),
};
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
await Promise.all(
  Object.entries(files).map(([name, content]) => writeFile(join(folder, name), content)),
);
