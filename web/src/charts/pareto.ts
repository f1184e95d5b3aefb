// SPDX-License-Identifier: Apache-2.0
// Energy against what one pays it for, and the models that no other one beats in both.

import { axisStyle, chart, tip, tooltip } from "../base/chart";
import { linearLimits, logLimits } from "../base/limits";
import { joules, range, shorten, tick } from "../base/format";
import { paretoFront, type ParetoPoint } from "../base/pareto";
import { placeLabels } from "./labels";
import { whisker } from "./ranking";

interface ParetoOptions {
  points: ParetoPoint[];
  yName: string;
  showY: (value: number) => string;
  better: "high" | "low";
  logY?: boolean;
}

export function paretoChart(options: ParetoOptions): HTMLElement {
  const { points, showY } = options;
  const front = paretoFront(points, options.better);
  const x = logLimits(points.flatMap((point) => [point.low, point.high]));
  const ys = points.map((point) => point.y);
  const y = options.logY ? logLimits(ys) : linearLimits(ys);
  const grid = { left: 62, right: 24, top: 34, bottom: 48 };
  const heightOf = (width: number) => (width < 600 ? 340 : 420);
  const part = (value: number, { min, max }: { min: number; max: number }, isLog: boolean) =>
    isLog ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
  return chart({
    label: `Energy against ${options.yName} of ${points.length} models; best: ${front.map((point) => point.name).join(", ")}`,
    height: heightOf,
    draw: (theme, width) => {
      const area = {
        left: grid.left,
        right: width - grid.right,
        top: grid.top,
        bottom: heightOf(width) - grid.bottom,
      };
      const xOf = (value: number) => area.left + (area.right - area.left) * part(value, x, true);
      const yOf = (value: number) =>
        area.bottom - (area.bottom - area.top) * part(value, y, options.logY ?? false);
      // Those on the front have the first choice.
      const order = [...front, ...points.filter((point) => !front.includes(point))];
      const labels = placeLabels(
        order.map((point) => ({
          text: shorten(point.name, width < 600 ? 18 : 40),
          x: xOf(point.x),
          y: yOf(point.y),
          left: xOf(point.low),
          right: xOf(point.high),
        })),
        { ...area, right: width },
      );
      return {
        grid,
        tooltip: tooltip(theme, (hovered) => {
          const point = points[hovered.dataIndex]!;
          return tip(point.name, [
            ["energy of a sample", joules(point.x)],
            ["interval", range(point.low, point.high, joules)],
            [options.yName, showY(point.y)],
          ]);
        }),
        xAxis: {
          ...axisStyle(theme, "energy of a sample"),
          type: "log",
          ...x,
          nameLocation: "middle",
          nameGap: 28,
          axisLabel: { color: theme.soft, hideOverlap: true, formatter: tick(joules) },
        },
        yAxis: {
          ...axisStyle(theme, options.yName),
          nameTextStyle: { color: theme.soft, align: "left", padding: [0, 0, 0, -54] },
          type: options.logY ? "log" : "value",
          ...y,
          axisLabel: { color: theme.soft, hideOverlap: true, formatter: tick(showY) },
        },
        series: [
          {
            type: "scatter",
            symbolSize: 13,
            data: points.map((point) => ({
              value: [point.x, point.y],
              itemStyle: {
                color: front.includes(point) ? theme.accent : theme.other,
                borderColor: theme.panel,
              },
            })),
          },
          {
            type: "line",
            silent: true,
            symbol: "none",
            z: 1,
            data: front.map((point) => [point.x, point.y]),
            lineStyle: { color: theme.accent, width: 1.5, type: "dashed" },
          },
          {
            type: "custom",
            silent: true,
            z: 1,
            renderItem: whisker(theme, true) as any,
            data: points.map((point) => [point.y, point.low, point.high]),
            encode: { x: [1, 2], y: 0 },
          },
          {
            type: "custom",
            silent: true,
            clip: false,
            z: 4,
            data: labels.map(() => [x.min, y.min]),
            renderItem: ((params: any) => {
              const { text, x: left, y: middle } = labels[params.dataIndex]!;
              return {
                type: "text",
                style: {
                  text,
                  x: left,
                  y: middle,
                  fill: theme.ink,
                  font: `12px ${theme.font}`,
                  verticalAlign: "middle",
                },
              };
            }) as any,
          },
        ],
      };
    },
  }).element;
}
