// SPDX-License-Identifier: Apache-2.0
// Numbers as people read them: three significant digits, a prefix and a unit.

const prefixes: [number, string][] = [
  [1e15, "P"],
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
  [1, ""],
  [1e-3, "m"],
  [1e-6, "µ"],
  [1e-9, "n"],
  [1e-12, "p"],
];

const thin = "\u00a0"; // no line break between a number and its unit

function threeDigits(value: number): string {
  const size = Math.abs(value);
  if (size >= 99999.5 || (size < 0.00995 && size > 0)) return value.toExponential(1);
  return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

function withPrefix(value: number, unit: string, largest = 1e15, smallest = 1e-12): string {
  if (value === 0) return `0${thin}${unit}`;
  if (!Number.isFinite(value)) return "–";
  const allowed = prefixes.filter(([factor]) => factor <= largest && factor >= smallest);
  // 0.9995 rounds up to the next prefix's 1.00.
  const fits = allowed.find(([factor]) => Math.abs(value) >= 0.9995 * factor);
  const [factor, name] = fits ?? allowed[allowed.length - 1]!;
  return `${threeDigits(value / factor)}${thin}${name}${unit}`;
}

export const none = "–";

function orNone(show: (value: number) => string) {
  return (value: number | null | undefined) => (value == null ? none : show(value));
}

export const joules = orNone((j) => withPrefix(j, "J"));
export const seconds = orNone((s) => withPrefix(s, "s", 1));
export const watts = orNone((w) => withPrefix(w, "W"));
export const wattHours = orNone((j) => withPrefix(j / 3600, "Wh"));
export const grams = orNone((g) => withPrefix(g, "g", 1e3));
export const bytes = orNone((n) => withPrefix(n, "B", 1e15, 1));
export const macs = orNone((n) => withPrefix(n, "MACs", 1e15, 1));
export const jouleSeconds = orNone((n) => withPrefix(n, "J·s"));
export const count = orNone((n) =>
  Math.abs(n) < 1000 ? n.toFixed(0) : withPrefix(n, "", 1e15, 1),
);
export const number = orNone(threeDigits);
export const times = orNone((n) => `${threeDigits(n)}×`);

export const percent = orNone((share) => {
  if (share > 0 && share < 0.0005) return `<0.1${thin}%`;
  return `${(100 * share).toFixed(1)}${thin}%`;
});

/** What stands at an axis: "9 J" in place of "9.00 J". */
export function tick(show: (value: number) => string): (value: number) => string {
  return (value) =>
    show(value)
      .replace(/\.0+(?=\D|$)/, "")
      .replace(/(\.\d*[1-9])0+(?=\D|$)/, "$1");
}

/** Half an interval's width in per cent of its middle, from the larger side. */
export function spread(energy: { energy_j: number; energy_j_high: number }): string {
  if (!(energy.energy_j > 0)) return none;
  const width = 100 * (energy.energy_j_high / energy.energy_j - 1);
  return width < 999.5 ? `±${width.toFixed(0)}${thin}%` : `±>999${thin}%`;
}

/** Two ends that share their unit say it once: "9.79 – 12.9 J". */
export function range(low: number, high: number, show: (value: number) => string): string {
  const [from, to] = [show(low), show(high)];
  const [, unitFrom] = from.split(thin);
  const [, unitTo] = to.split(thin);
  return `${unitFrom === unitTo ? from.split(thin)[0] : from} – ${to}`;
}

/** Cuts what is too long in its middle: both ends of a layer's name tell something. */
export function shorten(text: string, most: number): string {
  const letters = [...text];
  if (letters.length <= most) return text;
  const front = Math.ceil((most - 1) / 2);
  return `${letters.slice(0, front).join("")}…${letters.slice(letters.length - (most - 1 - front)).join("")}`;
}

/** Names are data: control characters would break a line of text. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, "�") || "(no name)";
}
