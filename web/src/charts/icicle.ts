// SPDX-License-Identifier: Apache-2.0
// A model's modules: columns from the whole to its parts, heights by energy, down in execution order.

import { chart, tip, tooltip } from "../base/chart";
import { add, h } from "../base/dom";
import { joules, percent, printable, shorten } from "../base/format";
import type { Block, TypeColours } from "../base/layers";
import { byType } from "../base/layers";
import type { Theme } from "../base/theme";
import type { Layer } from "../base/types";

interface Cell {
  block: Block;
  depth: number;
}

function cellsOf(root: Block, deepest: number): Cell[] {
  const cells: Cell[] = [];
  const visit = (block: Block, depth: number) => {
    cells.push({ block, depth });
    if (depth < deepest) block.children.forEach((child) => visit(child, depth + 1));
  };
  visit(root, 0);
  return cells;
}

function depthOf(block: Block): number {
  return 1 + block.children.reduce((most, child) => Math.max(most, depthOf(child)), 0);
}

function leavesOf(block: Block): Layer[] {
  return block.layer ? [block.layer] : block.children.flatMap(leavesOf);
}

/** A block has the colour of the type that takes most of it; modules are paler than layers. */
function fill(cell: Cell, colours: TypeColours, theme: Theme) {
  const type = cell.block.layer?.type ?? byType(leavesOf(cell.block))[0]?.name ?? "";
  return { colour: colours.of(type, theme), opacity: cell.block.layer ? 0.9 : 0.28 };
}

export function icicle(
  whole: Block,
  colours: TypeColours,
  onLayer: (layer: Layer) => void,
): HTMLElement {
  let path: Block[] = [whole];
  let cells: Cell[] = [];
  const root = () => path[path.length - 1]!;

  const trail = h("nav", { class: "trail", "aria-label": "Modules that hold the one shown" });
  const parts = h("ol", { class: "parts" });
  const drawing = chart({
    label: `Energy of ${printable(whole.name)} by module; the list below has the same numbers`,
    height: (width) => (width < 600 ? 440 : 540),
    onClick: (index) => enter(cells[index]!.block),
    draw: (theme, width) => {
      const columns = Math.min(depthOf(root()), width < 600 ? 3 : 5);
      cells = cellsOf(root(), columns - 1).filter(({ block }) => block.energy_j > 0);
      const total = root().energy_j || 1;
      return {
        grid: { left: 1, right: 1, top: 1, bottom: 1 },
        tooltip: tooltip(theme, (hovered) => {
          const { block } = cells[hovered.dataIndex]!;
          return tip(printable(block.path || block.name), [
            [block.layer ? "type" : "layers", block.layer?.type ?? String(block.layers)],
            ["energy", joules(block.energy_j)],
            ["of the model", percent(block.energy_j / (whole.energy_j || 1))],
          ]);
        }),
        xAxis: { type: "value", min: 0, max: columns, show: false },
        yAxis: { type: "value", min: 0, max: total, inverse: true, show: false },
        series: [
          {
            type: "custom",
            clip: true,
            data: cells.map(({ block, depth }) => [
              depth,
              block.start_j - root().start_j,
              block.energy_j,
            ]),
            renderItem: ((params: any, api: any) => {
              const cell = cells[params.dataIndex]!;
              const [x, y] = api.coord([api.value(0), api.value(1)]);
              // What has no parts reaches to the end.
              const end = cell.block.layer ? columns : api.value(0) + 1;
              const [right, bottom] = api.coord([end, api.value(1) + api.value(2)]);
              const size = {
                width: Math.max(0, right - x - 1),
                height: Math.max(0.4, bottom - y - 0.6),
              };
              const { colour, opacity } = fill(cell, colours, theme);
              const letters = Math.floor((size.width - 10) / 6.8);
              const share = percent(cell.block.energy_j / (whole.energy_j || 1));
              const name = cell.block.layer
                ? `${printable(cell.block.name)} (${cell.block.layer.type})`
                : printable(cell.block.name);
              const long = `${name}  ${share}`;
              const text =
                size.height < 15 ? "" : long.length <= letters ? long : shorten(name, letters);
              return {
                type: "rect",
                shape: { x, y, ...size, r: size.height > 6 ? 2 : 0 },
                style: { fill: colour, opacity },
                textContent: {
                  type: "text",
                  style: {
                    text,
                    fill: cell.block.layer ? "#fff" : theme.ink,
                    font: `12px ${theme.font}`,
                  },
                },
                textConfig: { position: "insideLeft", distance: 6 },
                cursor: "pointer",
              };
            }) as any,
          },
        ],
      };
    },
  });

  function enter(block: Block): void {
    if (block.layer) return onLayer(block.layer);
    const place = path.indexOf(block);
    path = place >= 0 ? path.slice(0, place + 1) : pathTo(block);
    show();
  }

  function pathTo(wanted: Block): Block[] {
    const search = (block: Block, above: Block[]): Block[] | undefined => {
      const here = [...above, block];
      if (block === wanted) return here;
      for (const child of block.children) {
        const found = search(child, here);
        if (found) return found;
      }
      return undefined;
    };
    return search(whole, []) ?? [whole];
  }

  function show(): void {
    drawing.redraw();
    trail.replaceChildren(
      ...path.map((block, i) =>
        i === path.length - 1
          ? h("span", { "aria-current": "location" }, printable(block.name))
          : h("button", { type: "button", onclick: () => enter(block) }, printable(block.name)),
      ),
    );
    parts.replaceChildren();
    const largest = [...root().children].sort((a, b) => b.energy_j - a.energy_j).slice(0, 8);
    for (const block of largest) {
      const numbers = h(
        "span",
        { class: "numbers" },
        `${joules(block.energy_j)}, ${percent(block.energy_j / (whole.energy_j || 1))}`,
      );
      const name = block.layer
        ? `${printable(block.name)} (${block.layer.type})`
        : printable(block.name);
      add(
        parts,
        h("li", {}, h("button", { type: "button", onclick: () => enter(block) }, name), numbers),
      );
    }
  }

  show();
  return h(
    "div",
    {},
    trail,
    drawing.element,
    h("p", { class: "small" }, "Largest parts; choose one to look into it:"),
    parts,
  );
}
