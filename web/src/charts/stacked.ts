// SPDX-License-Identifier: Apache-2.0
// Horizontal bars made of parts.

import { axisStyle, chart, labelSpace, tip, tooltip } from "../base/chart";
import { joules, percent, shorten, tick } from "../base/format";

interface StackedData {
  label: string;
  legend: string[];
  bars: { name: string; parts: number[] }[];
  /** All bars of one length: shares. Else joules. */
  shares?: boolean;
}

export function stackedChart(data: StackedData): HTMLElement {
  const sums = data.bars.map((bar) => bar.parts.reduce((sum, part) => sum + part, 0));
  const isShares = data.shares ?? false;
  const show = isShares ? percent : joules;
  return chart({
    label: data.label,
    height: data.bars.length * 30 + 40,
    draw: (theme, width) => {
      const { space, letters } = labelSpace(
        data.bars.map((bar) => bar.name),
        width,
      );
      return {
        grid: { left: space, right: isShares ? 24 : 74, top: 4, bottom: 32 },
        tooltip: tooltip(theme, (hovered) => {
          const bar = data.bars[hovered.dataIndex]!;
          const sum = sums[hovered.dataIndex] || 1;
          return tip(
            bar.name,
            bar.parts.flatMap((part, i): [string, string][] =>
              part > 0
                ? [
                    [
                      data.legend[i]!,
                      isShares ? percent(part / sum) : `${joules(part)}, ${percent(part / sum)}`,
                    ],
                  ]
                : [],
            ),
          );
        }),
        xAxis: {
          ...axisStyle(theme),
          type: "value",
          min: 0,
          max: isShares ? 1 : Math.max(...sums) || 1,
          splitNumber: width < 600 ? 3 : 5,
          axisLabel: {
            color: theme.soft,
            hideOverlap: true,
            showMaxLabel: isShares,
            formatter: (v: number) => (isShares ? `${Math.round(100 * v)}\u00a0%` : tick(show)(v)),
          },
        },
        yAxis: {
          ...axisStyle(theme),
          type: "category",
          inverse: true,
          data: data.bars.map((bar) => shorten(bar.name, letters)),
          axisTick: { show: false },
          axisLabel: { color: theme.ink, fontSize: 12, interval: 0 },
        },
        series: data.legend.map((name, i) => ({
          type: "bar" as const,
          name,
          stack: "all",
          barWidth: 18,
          itemStyle: {
            color: theme.series[i % theme.series.length]!,
            borderColor: theme.panel,
            borderWidth: 0.5,
          },
          data: data.bars.map((bar, row) =>
            isShares ? bar.parts[i]! / (sums[row] || 1) : bar.parts[i]!,
          ),
          ...(i === data.legend.length - 1 && !isShares
            ? {
                label: {
                  show: true,
                  position: "right" as const,
                  color: theme.ink,
                  formatter: (item: any) => joules(sums[item.dataIndex]),
                },
              }
            : {}),
        })),
      };
    },
  }).element;
}
