// SPDX-License-Identifier: Apache-2.0
// What adds energy, to the right, and what saves it, to the left.

import { axisStyle, chart, labelSpace, tip, tooltip } from "../base/chart";
import { joules, shorten, tick } from "../base/format";

export interface Difference {
  name: string;
  before: number;
  after: number;
}

export function differenceChart(rows: Difference[], from: string, to: string): HTMLElement {
  const changes = rows.map((row) => row.after - row.before);
  const signed = (value: number) =>
    `${value > 0 ? "+" : value < 0 ? "−" : ""}${joules(Math.abs(value))}`;
  const least = Math.min(0, ...changes);
  const most = Math.max(0, ...changes);
  const room = (most - least || 1) * 0.16; // for the numbers beside the bars
  return chart({
    label: `From ${from} to ${to}: ${rows.map((row, i) => `${row.name} ${signed(changes[i]!)}`).join(", ")}`,
    height: rows.length * 26 + 40,
    draw: (theme, width) => {
      const { space, letters } = labelSpace(
        rows.map((row) => row.name),
        width,
      );
      return {
        grid: { left: space, right: 16, top: 4, bottom: 32 },
        tooltip: tooltip(theme, (hovered) => {
          const row = rows[hovered.dataIndex]!;
          return tip(row.name, [
            [from, joules(row.before)],
            [to, joules(row.after)],
            ["difference", signed(row.after - row.before)],
          ]);
        }),
        xAxis: {
          ...axisStyle(theme),
          type: "value",
          min: least < 0 ? least - 1.6 * room : 0,
          max: most > 0 ? most + 1.6 * room : 0,
          splitNumber: width < 600 ? 3 : 5,
          axisLabel: {
            color: theme.soft,
            hideOverlap: true,
            showMinLabel: false,
            showMaxLabel: false,
            formatter: tick(joules),
          },
        },
        yAxis: {
          ...axisStyle(theme),
          type: "category",
          inverse: true,
          data: rows.map((row) => shorten(row.name, letters)),
          axisLine: { show: false },
          axisTick: { show: false },
          axisLabel: { color: theme.ink, fontSize: 12, interval: 0 },
        },
        series: [
          {
            type: "bar",
            barWidth: 15,
            data: changes.map((change) => ({
              value: change,
              itemStyle: { color: change > 0 ? theme.bad : theme.good, borderRadius: 2 },
              label: {
                show: true,
                position: change > 0 ? ("right" as const) : ("left" as const),
                color: theme.ink,
                formatter: signed(change),
              },
            })),
          },
        ],
      };
    },
  }).element;
}
