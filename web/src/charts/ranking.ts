// SPDX-License-Identifier: Apache-2.0
// Horizontal bars, the largest first, each with its interval.

import { axisStyle, chart, labelSpace, tip, tooltip } from "../base/chart";
import { joules, range, shorten, tick } from "../base/format";
import type { Theme } from "../base/theme";

export interface RankedBar {
  name: string;
  value: number;
  low?: number | undefined;
  high?: number | undefined;
  colour: (theme: Theme) => string;
  details?: [string, string][];
}

interface RankingOptions {
  label: string;
  show?: (value: number) => string;
  onClick?: (index: number) => void;
}

const rowHeight = 26;

/** An interval as a line with two ends. */
export function whisker(theme: Theme, horizontal: boolean) {
  return (_: unknown, api: any) => {
    const from = api.coord(
      horizontal ? [api.value(1), api.value(0)] : [api.value(0), api.value(1)],
    );
    const to = api.coord(horizontal ? [api.value(2), api.value(0)] : [api.value(0), api.value(2)]);
    const half = 4;
    const line = (x1: number, y1: number, x2: number, y2: number) => ({
      type: "line" as const,
      shape: { x1, y1, x2, y2 },
      style: { stroke: theme.ink, lineWidth: 1.3, opacity: 0.85 },
    });
    const cap = (at: number[]) =>
      horizontal
        ? line(at[0]!, at[1]! - half, at[0]!, at[1]! + half)
        : line(at[0]! - half, at[1]!, at[0]! + half, at[1]!);
    return {
      type: "group" as const,
      silent: true,
      children: [line(from[0], from[1], to[0], to[1]), cap(from), cap(to)],
    };
  };
}

export function rankingChart(bars: RankedBar[], options: RankingOptions): HTMLElement {
  const show = options.show ?? joules;
  const { onClick } = options;
  // A few very wide intervals must not press all bars flat: past the edge they go on unseen.
  const highest = bars.reduce((top, bar) => Math.max(top, bar.high ?? bar.value), 0);
  const most = Math.min(highest, 1.6 * bars.reduce((top, bar) => Math.max(top, bar.value), 0));
  return chart({
    label: options.label,
    height: bars.length * rowHeight + 40,
    ...(onClick ? { onClick } : {}),
    draw: (theme, width) => {
      const { space, letters } = labelSpace(
        bars.map((bar) => bar.name),
        width,
      );
      return {
        grid: { left: space, right: 74, top: 4, bottom: 32 },
        tooltip: tooltip(theme, (hovered) => {
          const bar = bars[hovered.dataIndex]!;
          const rows: [string, string][] = [["energy", show(bar.value)]];
          if (bar.low !== undefined && bar.high !== undefined) {
            rows.push(["interval", range(bar.low, bar.high, show)]);
          }
          return tip(bar.name, bar.details ? [...rows, ...bar.details] : rows);
        }),
        xAxis: {
          ...axisStyle(theme),
          type: "value",
          min: 0,
          max: most > 0 ? most : 1,
          splitNumber: width < 600 ? 3 : 5,
          axisLabel: {
            color: theme.soft,
            hideOverlap: true,
            showMaxLabel: false,
            formatter: tick(show),
          },
        },
        yAxis: {
          ...axisStyle(theme),
          type: "category",
          inverse: true,
          data: bars.map((bar) => shorten(bar.name, letters)),
          axisTick: { show: false },
          axisLabel: { color: theme.ink, fontSize: 12, interval: 0 },
        },
        series: [
          {
            type: "bar",
            barWidth: 15,
            data: bars.map((bar) => ({
              value: bar.value,
              itemStyle: { color: bar.colour(theme), borderRadius: [0, 3, 3, 0] },
            })),
          },
          {
            type: "custom",
            silent: true,
            z: 3,
            clip: true,
            renderItem: whisker(theme, true) as any,
            data: bars.flatMap((bar, i) =>
              bar.low === undefined || bar.high === undefined ? [] : [[i, bar.low, bar.high]],
            ),
          },
          {
            // Values stand behind the interval's end, where nothing else is.
            type: "custom",
            silent: true,
            clip: false,
            renderItem: ((_: unknown, api: any) => {
              const [x, y] = api.coord([api.value(1), api.value(0)]);
              const bar = bars[api.value(0)]!;
              return {
                type: "text",
                style: {
                  x: x + 8,
                  y,
                  text: show(bar.value),
                  fill: theme.ink,
                  font: `12px ${theme.font}`,
                  verticalAlign: "middle",
                },
              };
            }) as any,
            data: bars.map((bar, i) => [i, Math.min(most, Math.max(bar.value, bar.high ?? 0))]),
          },
        ],
      };
    },
  }).element;
}
