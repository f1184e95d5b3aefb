// SPDX-License-Identifier: Apache-2.0
// Energy of each layer in execution order, and what has been spent until then.

import { axisStyle, chart, tip, tooltip } from "../base/chart";
import { joules, percent, printable, seconds, tick } from "../base/format";
import type { TypeColours } from "../base/layers";
import type { Layer } from "../base/types";

export function executionChart(
  layers: Layer[],
  colours: TypeColours,
  onLayer: (layer: Layer) => void,
): HTMLElement {
  let spent = 0;
  const running = layers.map((layer) => (spent += layer.energy_j));
  const draw = chart({
    label: `Energy of ${layers.length} layers in execution order, ${joules(spent)} in all`,
    height: (width) => (width < 600 ? 300 : 340),
    onClick: (index) => onLayer(layers[index]!),
    draw: (theme, width) => {
      const isNarrow = width < 600;
      const needsZoom = layers.length > width / 6 && !theme.onPaper;
      return {
        grid: { left: 62, right: 62, top: 34, bottom: needsZoom ? 74 : 44 },
        tooltip: tooltip(
          theme,
          (hovered) => {
            const layer = layers[hovered[0].dataIndex]!;
            return tip(`${layer.index}  ${printable(layer.name)}`, [
              ["type", layer.type],
              ["energy", joules(layer.energy_j)],
              ["share", percent(layer.share)],
              ["time", seconds(layer.time_s)],
              ["until here", joules(running[hovered[0].dataIndex])],
            ]);
          },
          "axis",
        ),
        xAxis: {
          ...axisStyle(theme, "layer, in execution order"),
          type: "category",
          data: layers.map((layer) => String(layer.index)),
          nameLocation: "middle",
          nameGap: 26,
          splitLine: { show: false },
        },
        yAxis: [
          {
            ...axisStyle(theme, isNarrow ? "a layer" : "energy of a layer"),
            nameTextStyle: { color: theme.soft, align: "left", padding: [0, 0, 0, -54] },
            type: "value",
            axisLabel: { color: theme.soft, formatter: tick(joules) },
          },
          {
            ...axisStyle(theme, "running total"),
            nameTextStyle: { color: theme.soft, align: "right", padding: [0, -54, 0, 0] },
            type: "value",
            min: 0,
            max: spent > 0 ? spent : 1,
            splitNumber: 4,
            splitLine: { show: false },
            axisLabel: {
              color: theme.soft,
              formatter: tick(joules),
              showMaxLabel: true,
              hideOverlap: true,
            },
          },
        ],
        dataZoom: needsZoom
          ? [
              {
                type: "slider",
                height: 18,
                bottom: 10,
                moveHandleSize: 0,
                brushSelect: false,
                borderColor: theme.line,
                textStyle: { color: theme.soft },
                fillerColor: `${theme.accent}33`,
                showDataShadow: false,
                labelFormatter: (index: number) => String(layers[index]?.index ?? ""),
              },
            ]
          : [],
        series: [
          {
            type: "bar",
            barCategoryGap: layers.length > 200 ? "0%" : "20%",
            barMinHeight: 0,
            data: layers.map((layer) => ({
              value: layer.energy_j,
              itemStyle: { color: colours.of(layer.type, theme) },
            })),
          },
          {
            type: "line",
            yAxisIndex: 1,
            step: "end",
            symbol: "none",
            silent: true,
            data: running,
            lineStyle: { color: theme.ink, width: 1.5, opacity: 0.75 },
          },
        ],
      };
    },
  });
  return draw.element;
}
