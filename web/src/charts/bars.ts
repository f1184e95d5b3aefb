// SPDX-License-Identifier: Apache-2.0
// Horizontal bars whose values were written by whoever computed them.

import { axisStyle, chart, labelSpace, tip, tooltip } from "../base/chart";
import { shorten } from "../base/format";

export interface BarData {
  label: string;
  bars: { name: string; value: number | null; text: string }[];
}

export function barsChart(data: BarData): HTMLElement {
  const values = data.bars.map((bar) => bar.value ?? 0);
  const most = Math.max(...values, 0) || 1;
  const longest = Math.max(...data.bars.map((bar) => bar.text.length), 0);
  return chart({
    label: `${data.label}: ${data.bars.map((bar) => `${bar.name} ${bar.text}`).join(", ")}`,
    height: data.bars.length * 26 + 12,
    draw: (theme, width) => {
      const { space, letters } = labelSpace(
        data.bars.map((bar) => bar.name),
        width,
      );
      return {
        grid: { left: space, right: 16 + 7 * longest, top: 4, bottom: 6 },
        tooltip: tooltip(theme, (hovered) => {
          const bar = data.bars[hovered.dataIndex]!;
          return tip(bar.name, [["", bar.text]]);
        }),
        xAxis: { type: "value", min: 0, max: most, show: false },
        yAxis: {
          ...axisStyle(theme),
          type: "category",
          inverse: true,
          data: data.bars.map((bar) => shorten(bar.name, letters)),
          axisTick: { show: false },
          axisLabel: { color: theme.ink, fontSize: 12, interval: 0 },
        },
        series: [
          {
            type: "bar",
            barWidth: 15,
            itemStyle: { color: theme.accent, borderRadius: [0, 3, 3, 0] },
            label: {
              show: true,
              position: "right",
              color: theme.ink,
              formatter: (item: any) => data.bars[item.dataIndex]!.text,
            },
            data: values,
          },
        ],
      };
    },
  }).element;
}
