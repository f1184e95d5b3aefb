// SPDX-License-Identifier: Apache-2.0
// Forecasts against measurements: on the diagonal, by their errors, and inside their intervals.

import { axisStyle, chart, tip, tooltip } from "../base/chart";
import { decades } from "../base/limits";
import { joules, number, percent, range, tick } from "../base/format";
import type { Theme } from "../base/theme";

export interface Pair {
  name: string;
  group: number; // of the groups' names
  measured_j: number;
  forecast_j: number;
  low_j?: number;
  high_j?: number;
}

export interface AgreementData {
  label: string;
  groups: string[];
  pairs: Pair[];
  interval: number | null; // the level that intervals are made for
}

function colourOf(theme: Theme, group: number): string {
  return group < theme.series.length ? theme.series[group]! : theme.other;
}

function pairTip(data: AgreementData, pair: Pair): HTMLElement {
  const rows: [string, string][] = [
    ["measured", joules(pair.measured_j)],
    ["forecast", joules(pair.forecast_j)],
    ["error", signedPercent(pair.forecast_j / pair.measured_j - 1)],
  ];
  if (pair.low_j !== undefined && pair.high_j !== undefined) {
    rows.push(["interval", range(pair.low_j, pair.high_j, joules)]);
  }
  return tip(pair.name || data.groups[pair.group]!, rows);
}

export function signedPercent(share: number): string {
  const size = Math.abs(100 * share);
  return `${share < 0 ? "−" : "+"}${size >= 1000 ? ">999" : size.toFixed(size < 9.95 ? 1 : 0)}\u00a0%`;
}

/** Points by group, so that each has its colour and indices lead back to the pair. */
function grouped(data: AgreementData): Pair[][] {
  const groups: Pair[][] = data.groups.map(() => []);
  for (const pair of data.pairs) {
    if (pair.measured_j > 0 && pair.forecast_j > 0) groups[pair.group]!.push(pair);
  }
  return groups;
}

function dotSize(data: AgreementData): number {
  return data.pairs.length > 1000 ? 4 : data.pairs.length > 100 ? 6 : 9;
}

/** Forecast against measured on two equal logarithmic axes. */
export function diagonalChart(data: AgreementData): HTMLElement {
  const groups = grouped(data);
  const shown = groups.flat();
  const limits = decades(shown.flatMap((pair) => [pair.measured_j, pair.forecast_j]));
  // With many points the intervals would hide them.
  const intervals =
    shown.length <= 150 ? shown.filter((pair) => pair.low_j !== undefined && pair.low_j > 0) : [];
  return chart({
    label: `${data.label}: ${shown.length} forecasts against measurements`,
    height: (width) => Math.min(width, 560),
    draw: (theme, width) => {
      const side = Math.min(width, 560) - 34 - 48; // of a square, as both axes are the same
      return {
        grid: { left: 68, width: Math.min(side, width - 68 - 24), top: 34, height: side },
        tooltip: tooltip(theme, (hovered) =>
          pairTip(data, groups[hovered.seriesIndex]![hovered.dataIndex]!),
        ),
        xAxis: {
          ...axisStyle(theme, "measured"),
          type: "log",
          ...limits,
          nameLocation: "middle",
          nameGap: 28,
          axisLabel: { color: theme.soft, hideOverlap: true, formatter: tick(joules) },
        },
        yAxis: {
          ...axisStyle(theme, "forecast"),
          nameTextStyle: { color: theme.soft, align: "left", padding: [0, 0, 0, -58] },
          type: "log",
          ...limits,
          axisLabel: { color: theme.soft, hideOverlap: true, formatter: tick(joules) },
        },
        series: [
          ...groups.map((pairs, i) => ({
            type: "scatter" as const,
            symbolSize: dotSize(data),
            itemStyle: { color: colourOf(theme, i), opacity: 0.7 },
            data: pairs.map((pair) => [pair.measured_j, pair.forecast_j]),
          })),
          {
            type: "line" as const,
            silent: true,
            symbol: "none",
            z: 1,
            data: [
              [limits.min, limits.min],
              [limits.max, limits.max],
            ],
            lineStyle: { color: theme.soft, width: 1.2 },
          },
          {
            type: "custom" as const,
            silent: true,
            z: 1,
            clip: true,
            renderItem: ((_: unknown, api: any) => {
              const [x, y1] = api.coord([api.value(0), api.value(1)]);
              const [, y2] = api.coord([api.value(0), api.value(2)]);
              return {
                type: "line",
                shape: { x1: x, y1, x2: x, y2 },
                style: { stroke: theme.ink, lineWidth: 1.2, opacity: 0.55 },
              };
            }) as any,
            encode: { x: 0, y: [1, 2] },
            data: intervals.map((pair) => [pair.measured_j, pair.low_j!, pair.high_j!]),
          },
        ],
      };
    },
  }).element;
}

/** Errors against size: whether small things are forecast worse than large ones. */
export function residualChart(data: AgreementData): HTMLElement {
  const groups = grouped(data);
  const shown = groups.flat();
  const ratio = (pair: Pair) => pair.forecast_j / pair.measured_j;
  const x = decades(shown.map((pair) => pair.measured_j));
  const reach = shown.reduce(
    (most, pair) => Math.max(most, Math.abs(Math.log(ratio(pair)))),
    Math.log(1.1),
  );
  const limit = Math.exp(Math.min(reach * 1.08, Math.log(1000)));
  return chart({
    label: `${data.label}: forecast over measurement, against what was measured`,
    height: (width) => (width < 600 ? 300 : 340),
    draw: (theme) => ({
      grid: { left: 68, right: 24, top: 34, bottom: 48 },
      tooltip: tooltip(theme, (hovered) =>
        pairTip(data, groups[hovered.seriesIndex]![hovered.dataIndex]!),
      ),
      xAxis: {
        ...axisStyle(theme, "measured"),
        type: "log",
        ...x,
        nameLocation: "middle",
        nameGap: 28,
        axisLabel: { color: theme.soft, hideOverlap: true, formatter: tick(joules) },
      },
      yAxis: {
        ...axisStyle(theme, "forecast / measured"),
        nameTextStyle: { color: theme.soft, align: "left", padding: [0, 0, 0, -58] },
        type: "value",
        min: -Math.log2(limit),
        max: Math.log2(limit),
        axisLabel: {
          color: theme.soft,
          hideOverlap: true,
          showMinLabel: false,
          showMaxLabel: false,
          formatter: (v: number) => `${tick(number)(2 ** v)}×`,
        },
      },
      series: groups.map((pairs, i) => ({
        type: "scatter" as const,
        symbolSize: dotSize(data),
        itemStyle: { color: colourOf(theme, i), opacity: 0.65 },
        data: pairs.map((pair) => [pair.measured_j, Math.log2(ratio(pair))]),
        ...(i === 0
          ? {
              markLine: {
                silent: true,
                symbol: "none",
                data: [{ yAxis: 0 }],
                label: { show: false },
                lineStyle: { color: theme.soft, type: "solid" as const },
              },
            }
          : {}),
      })),
    }),
  }).element;
}

function quantile(sorted: number[], q: number): number {
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (at - below) * (sorted[above]! - sorted[below]!);
}

/** Errors of each group: the middle 90 %, the middle half, the median. */
export function groupErrorsChart(data: AgreementData): HTMLElement {
  const rows = grouped(data)
    .map((pairs, group) => ({
      group,
      logs: pairs.map((pair) => Math.log2(pair.forecast_j / pair.measured_j)).sort((a, b) => a - b),
    }))
    .filter((row) => row.logs.length > 0);
  const names = rows.map((row) => `${data.groups[row.group]} (${row.logs.length})`);
  const marks = rows.map(({ logs }) => [0.05, 0.25, 0.5, 0.75, 0.95].map((q) => quantile(logs, q)));
  const reach = Math.max(0.14, ...marks.flat().map(Math.abs)) * 1.08;
  return chart({
    label: `${data.label}: median of forecast over measurement by group: ${rows.map((row, i) => `${data.groups[row.group]} ${number(2 ** marks[i]![2]!)}`).join(", ")}`,
    height: rows.length * 28 + 48,
    draw: (theme, width) => ({
      grid: {
        left: Math.min(7 * Math.max(...names.map((name) => name.length)) + 14, 0.42 * width),
        right: 24,
        top: 4,
        bottom: 44,
      },
      tooltip: tooltip(theme, (hovered) => {
        const at = marks[hovered.dataIndex]!;
        const show = (log: number) => signedPercent(2 ** log - 1);
        return tip(names[hovered.dataIndex]!, [
          ["median error", show(at[2]!)],
          ["middle half", `${show(at[1]!)} … ${show(at[3]!)}`],
          ["middle 90 %", `${show(at[0]!)} … ${show(at[4]!)}`],
        ]);
      }),
      xAxis: {
        ...axisStyle(theme, "forecast / measured"),
        type: "value",
        min: -reach,
        max: reach,
        nameLocation: "middle",
        nameGap: 26,
        axisLabel: {
          color: theme.soft,
          hideOverlap: true,
          showMinLabel: false,
          showMaxLabel: false,
          formatter: (v: number) => `${tick(number)(2 ** v)}×`,
        },
      },
      yAxis: {
        ...axisStyle(theme),
        type: "category",
        inverse: true,
        data: names,
        axisTick: { show: false },
        axisLabel: {
          color: theme.ink,
          fontSize: 12,
          interval: 0,
          width: 0.42 * width - 12,
          overflow: "truncate",
        },
      },
      series: [
        {
          type: "custom",
          clip: true,
          encode: { x: [1, 2, 3, 4, 5], y: 0 },
          data: marks.map((at, i) => [i, ...at]),
          renderItem: ((params: any, api: any) => {
            const at = [1, 2, 3, 4, 5].map(
              (i) => api.coord([api.value(i), api.value(0)]) as [number, number],
            );
            const y = at[0]![1];
            const colour = colourOf(theme, rows[params.dataIndex]!.group);
            return {
              type: "group",
              children: [
                {
                  type: "rect",
                  shape: { x: at[0]![0], y: y - 10, width: at[4]![0] - at[0]![0], height: 20 },
                  style: { fill: "transparent" },
                },
                {
                  type: "line",
                  shape: { x1: at[0]![0], y1: y, x2: at[4]![0], y2: y },
                  style: { stroke: colour, lineWidth: 2 },
                },
                {
                  type: "rect",
                  shape: {
                    x: at[1]![0],
                    y: y - 7,
                    width: Math.max(1, at[3]![0] - at[1]![0]),
                    height: 14,
                    r: 2,
                  },
                  style: { fill: colour, opacity: 0.8 },
                },
                {
                  type: "line",
                  shape: { x1: at[2]![0], y1: y - 9, x2: at[2]![0], y2: y + 9 },
                  style: { stroke: theme.ink, lineWidth: 2 },
                },
              ],
            };
          }) as any,
          markLine: {
            silent: true,
            symbol: "none",
            data: [{ xAxis: 0 }],
            label: { show: false },
            lineStyle: { color: theme.soft, type: "solid" },
          },
        },
      ],
    }),
  }).element;
}

/** How often a measurement lies inside its interval, were all intervals so many times as wide. */
export function calibrationChart(data: AgreementData): HTMLElement | null {
  const level = data.interval;
  const distances = data.pairs.flatMap((pair) => {
    if (
      pair.low_j === undefined ||
      pair.high_j === undefined ||
      !(pair.low_j > 0) ||
      !(pair.measured_j > 0)
    )
      return [];
    const over = pair.measured_j > pair.forecast_j;
    const half = Math.log(over ? pair.high_j / pair.forecast_j : pair.forecast_j / pair.low_j);
    return half > 0 ? [Math.abs(Math.log(pair.measured_j / pair.forecast_j)) / half] : [];
  });
  if (level === null || distances.length < 10) return null;
  const inside = (scale: number) =>
    distances.filter((distance) => distance <= scale).length / distances.length;
  const scales = Array.from({ length: 61 }, (_, i) => i * 0.05);
  return chart({
    label: `${data.label}: ${percent(inside(1))} of ${distances.length} measurements lie inside their ${percent(level)} interval`,
    height: (width) => (width < 600 ? 280 : 320),
    draw: (theme) => ({
      grid: { left: 58, right: 24, top: 18, bottom: 48 },
      tooltip: tooltip(
        theme,
        (hovered) => {
          const scale = scales[hovered[0].dataIndex]!;
          return tip(`intervals ${number(scale)}× as wide`, [["hold", percent(inside(scale))]]);
        },
        "axis",
      ),
      xAxis: {
        ...axisStyle(theme, "width of the intervals; 1 is as printed"),
        type: "value",
        min: 0,
        max: 3,
        nameLocation: "middle",
        nameGap: 28,
        axisLabel: { color: theme.soft, formatter: (v: number) => `${v}×` },
      },
      yAxis: {
        ...axisStyle(theme),
        type: "value",
        min: 0,
        max: 1,
        axisLabel: { color: theme.soft, formatter: (v: number) => `${Math.round(100 * v)}\u00a0%` },
      },
      series: [
        {
          type: "line",
          symbol: "none",
          data: scales.map((scale) => [scale, inside(scale)]),
          lineStyle: { color: theme.accent, width: 2.5 },
          markLine: {
            silent: true,
            symbol: "none",
            data: [{ xAxis: 1 }, { yAxis: level }],
            label: { show: false },
            lineStyle: { color: theme.soft, type: "dashed" },
          },
        },
      ],
    }),
  }).element;
}

/** The share of measurements that lie inside their interval. */
export function insideShare(data: AgreementData): number | null {
  const known = data.pairs.filter((pair) => pair.low_j !== undefined && pair.high_j !== undefined);
  if (known.length === 0) return null;
  return (
    known.filter((pair) => pair.low_j! <= pair.measured_j && pair.measured_j <= pair.high_j!)
      .length / known.length
  );
}
