// SPDX-License-Identifier: Apache-2.0
// Which of several choices no other one beats.

export interface ParetoPoint {
  name: string;
  x: number; // joules
  low: number;
  high: number;
  y: number;
}

/** Those that nothing else beats in both, from the cheapest on. */
export function paretoFront(points: ParetoPoint[], better: "high" | "low"): ParetoPoint[] {
  const gain = (point: ParetoPoint) => (better === "high" ? point.y : -point.y);
  const front: ParetoPoint[] = [];
  for (const point of [...points].sort((a, b) => a.x - b.x || gain(b) - gain(a))) {
    const last = front[front.length - 1];
    if (!last || gain(point) > gain(last)) front.push(point);
  }
  return front;
}
