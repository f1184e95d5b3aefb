// SPDX-License-Identifier: Apache-2.0
// What a FLOP costs against how much arithmetic there is for each byte.

import { axisStyle, chart, tip, tooltip } from "../base/chart";
import { logLimits } from "../base/limits";
import { count, joules, number, printable, tick } from "../base/format";
import { balanceOf, type Traffic, type TypeColours } from "../base/layers";
import type { Layer, Profile } from "../base/types";

export function rooflineChart(
  points: Traffic[],
  generic: Profile["generic"],
  colours: TypeColours,
  onLayer: (layer: Layer) => void,
): HTMLElement {
  const balance = balanceOf(generic);
  const cost = (intensity: number) =>
    500 * generic.per_gmac_j + (1000 * generic.per_gb_j) / intensity;
  const x = logLimits([...points.map((point) => point.intensity), ...(balance ? [balance] : [])]);
  const curve = Array.from({ length: 81 }, (_, i) => x.min * (x.max / x.min) ** (i / 80));
  const line = curve.map((intensity): [number, number] => [intensity, cost(intensity)]);
  const y = logLimits([
    ...points.map((point) => point.pj_per_flop),
    ...(balance ? [cost(balance), cost(x.max)] : []),
  ]);
  return chart({
    label: `Picojoules per FLOP against FLOP per byte of ${points.length} layers`,
    height: (width) => (width < 600 ? 340 : 400),
    onClick: (index, series) => series === 0 && onLayer(points[index]!.layer),
    draw: (theme, width) => ({
      grid: { left: 62, right: 18, top: 34, bottom: 48 },
      tooltip: tooltip(theme, (hovered) => {
        const point = points[hovered.dataIndex]!;
        return tip(printable(point.layer.name), [
          ["type", point.layer.type],
          ["energy", joules(point.layer.energy_j)],
          ["pJ per FLOP", number(point.pj_per_flop)],
          ["FLOP per byte", number(point.intensity)],
        ]);
      }),
      xAxis: {
        ...axisStyle(theme, "FLOP per byte"),
        type: "log",
        ...x,
        nameLocation: "middle",
        nameGap: 28,
        axisLabel: { color: theme.soft, hideOverlap: true, formatter: tick(number) },
      },
      yAxis: {
        ...axisStyle(theme, "pJ per FLOP"),
        nameTextStyle: { color: theme.soft, align: "left", padding: [0, 0, 0, -54] },
        type: "log",
        ...y,
        axisLabel: { color: theme.soft, hideOverlap: true, formatter: tick(count) },
      },
      series: [
        {
          type: "scatter",
          data: points.map((point) => ({
            value: [point.intensity, point.pj_per_flop],
            symbolSize: 8 + 46 * Math.sqrt(point.layer.share),
            itemStyle: {
              color: colours.of(point.layer.type, theme),
              opacity: 0.72,
              borderColor: theme.panel,
              borderWidth: 1,
            },
          })),
        },
        {
          type: "line",
          clip: true,
          data: balance ? line : [],
          symbol: "none",
          silent: true,
          lineStyle: { color: theme.soft, width: 1.5 },
          markLine: balance
            ? {
                silent: true,
                symbol: "none",
                data: [{ xAxis: balance }],
                lineStyle: { color: theme.soft, type: "dashed" },
                label: {
                  color: theme.soft,
                  formatter: width < 600 ? "" : "← moving data | arithmetic →",
                  position: "end",
                },
              }
            : {},
        },
      ],
    }),
  }).element;
}
