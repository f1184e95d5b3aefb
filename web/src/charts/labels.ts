// SPDX-License-Identifier: Apache-2.0
// Where names stand beside points so that none covers another, a point or an interval.

export interface Labelled {
  text: string;
  x: number; // of its point, in pixels
  y: number;
  left: number; // ends of its interval
  right: number;
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export interface PlacedLabel {
  text: string;
  x: number; // of its left end
  y: number; // of its middle
}

const letter = 6.9; // of 12 pixels, on average and rather more
const half = 8; // of a line's height
const dot = 7;

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** Names in order of importance; what finds no free place is left out. */
export function placeLabels(points: Labelled[], within: Box): PlacedLabel[] {
  const taken: Box[] = points.flatMap(({ x, y, left, right }) => [
    { left: x - dot, right: x + dot, top: y - dot, bottom: y + dot },
    { left, right, top: y - 4, bottom: y + 4 },
  ]);
  const placed: PlacedLabel[] = [];
  for (const { text, x, y, left, right } of points) {
    const width = letter * text.length;
    const places = [
      [Math.max(right, x + dot) + 5, y],
      [x - width / 2, y - dot - half - 1],
      [x - width / 2, y + dot + half + 1],
      [Math.min(left, x - dot) - 5 - width, y],
      [x + dot, y - dot - half - 1],
      [x + dot, y + dot + half + 1],
    ];
    for (const [at, middle] of places as [number, number][]) {
      const box = { left: at, right: at + width, top: middle - half, bottom: middle + half };
      const fits =
        box.left >= within.left &&
        box.right <= within.right &&
        box.top >= within.top &&
        box.bottom <= within.bottom;
      if (!fits || taken.some((other) => overlap(box, other))) continue;
      taken.push(box);
      placed.push({ text, x: at, y: middle });
      break;
    }
  }
  return placed;
}
