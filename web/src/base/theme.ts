// SPDX-License-Identifier: Apache-2.0
// Colours come from the style sheet, so that charts follow the page: light, dark, or on paper.

export interface Theme {
  ink: string;
  soft: string;
  line: string;
  panel: string;
  accent: string;
  good: string;
  bad: string;
  other: string;
  series: string[];
  font: string;
  onPaper: boolean;
}

export const seriesCount = 8;

export function theme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: colour("ink"),
    soft: colour("soft"),
    line: colour("line"),
    panel: colour("panel"),
    accent: colour("accent"),
    good: colour("good"),
    bad: colour("bad"),
    other: colour("other"),
    series: Array.from({ length: seriesCount }, (_, i) => colour(`c${i}`)),
    font: getComputedStyle(document.body).fontFamily,
    onPaper: document.documentElement.classList.contains("on-paper"),
  };
}

/** Calls back when colours change: the reader's system, or printing, which is always light. */
export function onThemeChange(redraw: (printing: boolean) => void): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => redraw(false));
  addEventListener("beforeprint", () => {
    document.documentElement.classList.add("on-paper");
    redraw(true);
  });
  addEventListener("afterprint", () => {
    document.documentElement.classList.remove("on-paper");
    redraw(false);
  });
}
