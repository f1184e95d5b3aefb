// SPDX-License-Identifier: Apache-2.0
import { add, h } from "../base/dom";
import type { TypeColours } from "../base/layers";

/** What each colour stands for. */
export function legend(colours: TypeColours, types: Iterable<string>): HTMLElement {
  const list = h("ul", { class: "legend" });
  let others = false;
  for (const type of types) {
    if (colours.names.includes(type)) {
      add(list, h("li", {}, h("span", { class: `swatch ${colours.classOf(type)}` }), type));
    } else {
      others = true;
    }
  }
  if (others) add(list, h("li", {}, h("span", { class: "swatch colour-other" }), "other types"));
  return list;
}

/** The same of names in the order of their colours. */
export function namedLegend(names: string[]): HTMLElement {
  return h(
    "ul",
    { class: "legend" },
    ...names.map((name, i) => h("li", {}, h("span", { class: `swatch colour-${i % 8}` }), name)),
  );
}
