// SPDX-License-Identifier: Apache-2.0
// Elements from code. Text is only ever set as text: a model's names cannot become markup.

type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | undefined | EventListener>;

export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(name.slice(2), value); // "onclick"
    } else if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== undefined && value !== false) {
      element.setAttribute(name, String(value));
    }
  }
  add(element, ...children);
  return element;
}

export function add(parent: Element, ...children: Child[]): void {
  for (const child of children) {
    if (child) parent.append(child);
  }
}

/** Names and their values. */
export function facts(rows: [string, Child][], className = "facts"): HTMLElement {
  const list = h("dl", { class: className });
  for (const [name, value] of rows) {
    add(list, h("div", {}, h("dt", {}, name), h("dd", {}, value)));
  }
  return list;
}

let sections = 0;

/** A part of a report under its own heading. */
export function section(title: string, ...children: Child[]): HTMLElement {
  const id = `section-${++sections}`;
  return h("section", { "aria-labelledby": id }, h("h2", { id }, title), ...children);
}

/** A drawing with words below it that say what it shows. */
export function figure(drawing: Node, ...caption: Child[]): HTMLElement {
  return h("figure", {}, drawing, h("figcaption", {}, ...caption));
}
