/** Percentiles of measured values, by nearest rank: every figure that is printed was really measured. */

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** @param ratio 0..1. @throws RangeError when there are no values */
export function percentile(values: readonly number[], ratio: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(ratio * sorted.length) - 1)];
  if (value === undefined) throw new RangeError('A percentile needs at least one value.');
  return value;
}

/** Rounded to one decimal. @throws RangeError when there are no values */
export function percentiles(values: readonly number[]): Percentiles {
  return {
    p50: round(percentile(values, 0.5), 1),
    p95: round(percentile(values, 0.95), 1),
    max: round(percentile(values, 1), 1),
  };
}

export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
