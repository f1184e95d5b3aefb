// SPDX-License-Identifier: Apache-2.0
// What a report does once it is open: draws what its data say, and makes its tables sort.

import { showComparison } from "./views/compare";
import { showReport } from "./views/estimate";
import { drawFigure } from "./views/figure";
import { enhanceTable } from "./base/table";
import type { AnyEstimate, Comparison } from "./base/types";

function dataOf(element: Element): unknown {
  return JSON.parse(element.textContent ?? "null");
}

const main = document.querySelector("main")!;
const data = document.getElementById("data");
switch (data?.dataset["view"]) {
  case "estimate":
    showReport(main, dataOf(data) as AnyEstimate);
    break;
  case "compare":
    showComparison(main, dataOf(data) as Comparison);
    break;
  default:
    main.querySelectorAll("table").forEach((table) => enhanceTable(table));
    main
      .querySelectorAll("figure > script")
      .forEach((script) => drawFigure(script.parentElement!, dataOf(script)));
}
