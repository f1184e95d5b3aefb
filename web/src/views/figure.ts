// SPDX-License-Identifier: Apache-2.0
// Figures that a report describes by data: report/charts.h writes them.

import {
  calibrationChart,
  diagonalChart,
  groupErrorsChart,
  insideShare,
  residualChart,
  type AgreementData,
} from "../charts/agreement";
import { barsChart, type BarData } from "../charts/bars";
import { namedLegend } from "../charts/legend";
import { stackedChart } from "../charts/stacked";
import { figure, h } from "../base/dom";
import { percent } from "../base/format";

interface StackedShares {
  label: string;
  legend: string[];
  bars: { name: string; parts: number[] }[];
}

type FigureData =
  | ({ chart: "bars" } & BarData)
  | ({ chart: "stacked" } & StackedShares)
  | ({ chart: "diagonal" } & AgreementData)
  | ({ chart: "agreement" } & AgreementData);

/** Everything that pairs of a forecast and a measurement can tell. */
function agreementFigures(data: AgreementData): HTMLElement {
  const parts: (HTMLElement | null)[] = [
    data.groups.length > 1 ? namedLegend(data.groups) : null,
    figure(
      diagonalChart(data),
      "On the line forecast and measurement are the same; strokes are intervals.",
    ),
    data.groups.length > 1
      ? figure(
          groupErrorsChart(data),
          "Forecast over measurement: the stroke in each box is the median, the box the middle half, the line the middle 90\u00a0%.",
        )
      : null,
    figure(
      residualChart(data),
      "Forecast over measurement against the measured energy: above 1 runs high, below 1 low.",
    ),
  ];
  const calibration = calibrationChart(data);
  const inside = insideShare(data);
  if (calibration && inside !== null && data.interval !== null) {
    parts.push(
      figure(
        calibration,
        `${percent(inside)} of the measurements lie inside their ${(100 * data.interval).toFixed(0)}\u00a0% interval. ` +
          "Well-made intervals cross where the dashed lines do: above, they are wider than they need be; below, too narrow.",
      ),
    );
  }
  return h("div", {}, ...parts);
}

/** Draws a figure above the words that it has. */
export function drawFigure(element: HTMLElement, value: unknown): void {
  const data = value as FigureData;
  switch (data.chart) {
    case "bars":
      return element.prepend(barsChart(data));
    case "stacked":
      return element.prepend(
        namedLegend(data.legend),
        stackedChart({ label: data.label, legend: data.legend, bars: data.bars, shares: true }),
      );
    case "diagonal":
      if (data.groups.length > 1) element.prepend(namedLegend(data.groups));
      return element.prepend(diagonalChart(data));
    case "agreement":
      return element.prepend(agreementFigures(data));
  }
}
