// SPDX-License-Identifier: Apache-2.0
// Where axes begin and end.

/** Whole powers of ten that hold the values, for a logarithmic axis. */
export function decades(values: number[]): { min: number; max: number } {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value));
  if (positive.length === 0) return { min: 1, max: 10 };
  const least = positive.reduce((a, b) => Math.min(a, b));
  const most = positive.reduce((a, b) => Math.max(a, b));
  const min = 10 ** Math.floor(Math.log10(least) + 1e-9);
  const max = 10 ** Math.ceil(Math.log10(most) - 1e-9);
  return { min, max: max > min ? max : 10 * min };
}

/** The same, tighter: ends are 1, 2 or 5 times a power of ten. */
export function logLimits(values: number[]): { min: number; max: number } {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value));
  if (positive.length === 0) return { min: 1, max: 10 };
  const least = positive.reduce((a, b) => Math.min(a, b)) / 1.05;
  const most = positive.reduce((a, b) => Math.max(a, b)) * 1.05;
  const below = 10 ** Math.floor(Math.log10(least));
  const above = 10 ** Math.floor(Math.log10(most));
  const min = below * (least >= 5 * below ? 5 : least >= 2 * below ? 2 : 1);
  const max = above * (most <= 2 * above ? 2 : most <= 5 * above ? 5 : 10);
  return { min, max };
}

/** Ends on whole steps of 1, 2 or 5 times a power of ten, and the step. */
export function linearLimits(values: number[]): { min: number; max: number; interval: number } {
  const least = Math.min(...values);
  const most = Math.max(...values);
  const rough = (most - least || Math.abs(most) || 1) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const interval =
    power * (rough <= power ? 1 : rough <= 2 * power ? 2 : rough <= 5 * power ? 5 : 10);
  const room = 0.05 * (most - least);
  return {
    min: interval * Math.floor((least - room) / interval),
    max: interval * Math.ceil((most + room) / interval || 1),
    interval,
  };
}
