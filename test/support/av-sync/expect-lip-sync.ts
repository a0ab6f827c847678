/** What every test of lip sync demands: mixing.md §6.4, and where ITU-R BT.1359 says that people begin to notice. */
import { expect } from 'vitest';
import { absoluteSkewMs, type Skew } from './sync-judge.ts';

/** Sound early, sound late. */
const noticedMs = { early: 45, late: -125 };

/** Of each event: 95 in 100 within 40 ms, all within 80. */
export function expectLipSync(skews: readonly Skew[]): void {
  const signedMs = skews.map(({ skewMs }) => skewMs).toSorted((a, b) => a - b);
  console.log(`picture after sound by ${signedMs.map((ms) => ms.toFixed(0)).join(', ')} ms`);
  expect(absoluteSkewMs(skews, 0.95)).toBeLessThanOrEqual(40);
  expect(absoluteSkewMs(skews, 1)).toBeLessThanOrEqual(80);
  const medianMs = signedMs[signedMs.length >> 1]!;
  expect(medianMs).toBeLessThanOrEqual(noticedMs.early);
  expect(medianMs).toBeGreaterThanOrEqual(noticedMs.late);
}
