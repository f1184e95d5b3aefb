// SPDX-License-Identifier: Apache-2.0
// Energy against what one pays it for, and the models that no other one beats in both.

import { axisStyle, chart, decades, tip, tooltip } from "../base/chart";
import { joules, range } from "../base/format";
import { whisker } from "./ranking";

export interface ParetoPoint {
  name: string;
  x: number; // joules
  low: number;
  high: number;
  y: number;
}

interface ParetoOptions {
  points: ParetoPoint[];
  yName: string;
  showY: (value: number) => string;
  better: "high" | "low";
  logY?: boolean;
}

/** Those that nothing else beats in both, from the cheapest on. */
export function paretoFront(points: ParetoPoint[], better: "high" | "low"): ParetoPoint[] {
  const gain = (point: ParetoPoint) => (better === "high" ? point.y : -point.y);
  const front: ParetoPoint[] = [];
  for (const point of [...points].sort((a, b) => a.x - b.x || gain(b) - gain(a))) {
    const last = front[front.length - 1];
    if (!last || gain(point) > gain(last)) front.push(point);
  }
  return front;
}

export function paretoChart(options: ParetoOptions): HTMLElement {
  const { points, showY } = options;
  const front = paretoFront(points, options.better);
  const x = decades(points.flatMap((point) => [point.low, point.high]));
  const ys = points.map((point) => point.y);
  const reach = Math.max(...ys) - Math.min(...ys) || 1;
  const y = options.logY
    ? { type: "log" as const, ...decades(ys) }
    : { type: "value" as const, min: Math.floor(Math.min(...ys) - 0.15 * reach), max: Math.ceil(Math.max(...ys) + 0.15 * reach) };
  return chart({
    label: `Energy against ${options.yName} of ${points.length} models; best: ${front.map((point) => point.name).join(", ")}`,
    height: (width) => (width < 600 ? 340 : 400),
    draw: (theme) => ({
      grid: { left: 62, right: 24, top: 34, bottom: 48 },
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
        axisLabel: { color: theme.soft, hideOverlap: true, formatter: joules },
      },
      yAxis: {
        ...axisStyle(theme, options.yName),
        nameTextStyle: { color: theme.soft, align: "left", padding: [0, 0, 0, -54] },
        ...y,
        axisLabel: { color: theme.soft, hideOverlap: true, formatter: showY },
      },
      series: [
        {
          type: "scatter",
          symbolSize: 13,
          data: points.map((point) => ({
            value: [point.x, point.y],
            itemStyle: { color: front.includes(point) ? theme.accent : theme.other, borderColor: theme.panel },
          })),
          label: {
            show: true,
            position: "right",
            distance: 8,
            color: theme.ink,
            fontSize: 12,
            formatter: (item: any) => points[item.dataIndex]!.name,
          },
          labelLayout: { hideOverlap: true, moveOverlap: "shiftY" },
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
      ],
    }),
  }).element;
}
