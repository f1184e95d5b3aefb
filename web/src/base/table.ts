// SPDX-License-Identifier: Apache-2.0
// Tables whose columns sort.

import { add, h } from "./dom";

export interface Column<Row> {
  title: string;
  /** What it is sorted by; of words if `words`. */
  value: (row: Row) => number | string | null;
  show: (row: Row) => Node | string;
  words?: boolean;
}

type Order = "ascending" | "descending";

function compare(a: number | string | null, b: number | string | null): number {
  if (a === null || b === null) return (a === null ? 1 : 0) - (b === null ? 1 : 0);
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), "en", { numeric: true });
}

/** Makes a table's head sort its rows. `values` has what each row is sorted by, column by column. */
export function makeSortable(
  table: HTMLTableElement,
  values: Map<HTMLTableRowElement, (number | string | null)[]>,
): void {
  const heads = [...table.tHead!.rows[0]!.cells];
  heads.forEach((head, column) => {
    const button = h("button", { type: "button" });
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const isText =
        typeof [...values.values()].map((row) => row[column]).find((value) => value != null) ===
        "string";
      const first: Order = isText ? "ascending" : "descending";
      const second: Order = isText ? "descending" : "ascending";
      const order = head.getAttribute("aria-sort") === first ? second : first;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", order);
      const rows = [...values.keys()].sort((a, b) => {
        const [left, right] = [values.get(a)![column] ?? null, values.get(b)![column] ?? null];
        if (left === null || right === null) return compare(left, right); // what is absent comes last
        return order === "ascending" ? compare(left, right) : compare(right, left);
      });
      table.tBodies[0]!.append(...rows);
    });
  });
}

export interface SortableTable {
  element: HTMLElement;
  rows: HTMLTableRowElement[];
}

/** Scrolls sideways on its own where it is wider than the page. */
export function sortableTable<Row>(
  caption: string,
  columns: Column<Row>[],
  data: Row[],
): SortableTable {
  const body = h("tbody");
  const values = new Map<HTMLTableRowElement, (number | string | null)[]>();
  for (const each of data) {
    const row = h("tr");
    columns.forEach((column, i) => {
      const cell =
        i === 0 ? h("th", { scope: "row" }) : h("td", column.words ? {} : { class: "n" });
      add(cell, column.show(each));
      row.append(cell);
    });
    body.append(row);
    values.set(
      row,
      columns.map((column) => column.value(each)),
    );
  }
  const heads = columns.map((column, i) =>
    h("th", { scope: "col", class: column.words || i === 0 ? undefined : "n" }, column.title),
  );
  const table = h(
    "table",
    {},
    h("caption", {}, caption),
    h("thead", {}, h("tr", {}, ...heads)),
    body,
  );
  makeSortable(table, values);
  const element = h(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": `${caption}, table` },
    table,
  );
  return { element, rows: [...values.keys()] };
}

/** A text's number, for tables that were written as text: "12.3", "-", "0.98 ± 0.01". */
function valueOf(text: string): number | string | null {
  if (text === "-" || text === "–" || text === "") return null;
  const value = Number.parseFloat(text);
  return Number.isNaN(value) ? text : value;
}

/** The same for a table that stands in the page already. */
export function enhanceTable(table: HTMLTableElement): void {
  const values = new Map<HTMLTableRowElement, (number | string | null)[]>();
  const rows = [...table.tBodies[0]!.rows];
  const isNumeric = [...table.tHead!.rows[0]!.cells].map((head) => head.classList.contains("n"));
  for (const row of rows) {
    values.set(
      row,
      [...row.cells].map((cell, i) => {
        const text = cell.textContent ?? "";
        return isNumeric[i] ? valueOf(text) : text;
      }),
    );
  }
  if (rows.length > 1) makeSortable(table, values);
}
