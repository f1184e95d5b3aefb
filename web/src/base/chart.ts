// SPDX-License-Identifier: Apache-2.0
// Charts that follow their page's width and colours.

import { BarChart, CustomChart, LineChart, ScatterChart } from "echarts/charts";
import {
  DataZoomComponent,
  GridComponent,
  MarkLineComponent,
  TooltipComponent,
} from "echarts/components";
import { init, use, type ECharts } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import type { EChartsOption } from "echarts";
import { h } from "./dom";
import { onThemeChange, theme, type Theme } from "./theme";

use([
  BarChart,
  CustomChart,
  LineChart,
  ScatterChart,
  GridComponent,
  TooltipComponent,
  DataZoomComponent,
  MarkLineComponent,
  CanvasRenderer,
]);

export interface Drawing {
  /** What it shows, in words, for those who cannot see it. */
  label: string;
  height: number | ((width: number) => number);
  draw: (theme: Theme, width: number) => EChartsOption;
  onClick?: (dataIndex: number, seriesIndex: number) => void;
}

const paperWidth = 680;
const shown = new Map<HTMLElement, (width: number) => void>();

onThemeChange((printing) => {
  for (const [element, resize] of shown) resize(printing ? paperWidth : element.clientWidth);
});

/** An element that shows a drawing from when it stands in the page. `redraw` shows it anew. */
export function chart(drawing: Drawing): { element: HTMLElement; redraw: () => void } {
  const inner = h("div", { class: "chart-canvas" });
  const element = h("div", { class: "chart", role: "img", "aria-label": drawing.label }, inner);
  let instance: ECharts | undefined;
  let width = 0;

  const draw = () => {
    if (width === 0) return;
    const height = typeof drawing.height === "number" ? drawing.height : drawing.height(width);
    element.style.height = `${height}px`;
    if (!instance) {
      // At least two dots a pixel: what is printed is a picture of this.
      const devicePixelRatio = Math.max(2, window.devicePixelRatio);
      instance = init(inner, null, { width, height, devicePixelRatio });
      const { onClick } = drawing;
      if (onClick) {
        instance.on("click", (event) => onClick(event.dataIndex, event.seriesIndex ?? 0));
      }
    }
    instance.resize({ width, height });
    const colours = theme();
    const option = drawing.draw(colours, width);
    instance.setOption(
      {
        animation: false,
        textStyle: { fontFamily: colours.font, color: colours.ink, fontSize: 12 },
        ...option,
      },
      true,
    );
  };
  const resize = (to: number) => {
    width = to;
    draw();
  };
  const observer = new ResizeObserver(([entry]) => {
    const now = Math.floor(entry!.contentRect.width);
    if (now > 0) {
      shown.set(element, resize);
      if (now !== width) resize(now);
    } else if (!element.isConnected) {
      // Something else is shown in its place.
      shown.delete(element);
      observer.disconnect();
      instance?.dispose();
    }
  });
  observer.observe(element);
  return { element, redraw: draw };
}

/** A tooltip's content as elements: never as markup. */
export function tip(title: string, rows: [string, string][]): HTMLElement {
  const body = h("div", { class: "tip" }, h("strong", {}, title));
  for (const [name, value] of rows) {
    body.append(h("div", {}, h("span", {}, name), h("span", {}, value)));
  }
  return body;
}

export function tooltip(
  colours: Theme,
  content: (params: any) => HTMLElement,
  trigger: "item" | "axis" = "item",
) {
  return {
    trigger,
    confine: true,
    backgroundColor: colours.panel,
    borderColor: colours.line,
    borderWidth: 1,
    padding: 8,
    textStyle: { color: colours.ink, fontSize: 12 },
    transitionDuration: 0,
    axisPointer: { type: "shadow" as const, shadowStyle: { color: colours.line, opacity: 0.35 } },
    formatter: content as any,
  };
}

/** What all axes look like. */
export function axisStyle(colours: Theme, name = "") {
  return {
    name,
    nameTextStyle: { color: colours.soft, fontSize: 12 },
    axisLine: { show: true, lineStyle: { color: colours.line } },
    axisTick: { lineStyle: { color: colours.line } },
    axisLabel: { color: colours.soft, fontSize: 12, hideOverlap: true },
    splitLine: { showMaxLine: false, lineStyle: { color: colours.line, opacity: 0.6 } },
  };
}

/** Space for the longest of some names, as far as a chart can give it. */
export function labelSpace(names: string[], width: number): { space: number; letters: number } {
  const longest = names.reduce((most, name) => Math.max(most, [...name].length), 0);
  const letters = Math.min(longest, Math.max(10, Math.floor((0.36 * width) / 7)));
  return { space: 7 * letters + 14, letters };
}
