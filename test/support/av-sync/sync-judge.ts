/** Finds flashes and beeps, pairs them, and says how far apart they are. Pure. */
import { flashMs, flashPeriodMs } from './flash-beep.ts';

/** Half of the largest sample of the beep in anything that comes through. */
const loud = 0.05;
const bright = 128;

/** Beginnings of flashes; fed with the brightness of each picture in order. */
export class FlashFinder {
  readonly foundMs: number[] = [];
  #wasBright = true;

  /** @param brightness mean luma, 0..255. */
  push(atMs: number, brightness: number): void {
    const isBright = brightness > bright;
    if (isBright && !this.#wasBright) this.foundMs.push(atMs);
    this.#wasBright = isBright;
  }
}

/** Beginnings of beeps; fed with samples in order, -1..1. */
export class BeepFinder {
  readonly foundMs: number[] = [];
  #lastLoudMs = Infinity;

  push(atMs: number, sample: number): void {
    if (this.#lastLoudMs === Infinity) this.#lastLoudMs = atMs;
    if (Math.abs(sample) < loud) return;
    if (atMs - this.#lastLoudMs > flashMs) this.foundMs.push(atMs);
    this.#lastLoudMs = atMs;
  }
}

export interface Skew {
  readonly atMs: number;
  /** Picture after sound is positive. */
  readonly skewMs: number;
}

/** Every flash with the beep next to it; one that has none within half a period is left out. */
export function pairSkews(flashesMs: readonly number[], beepsMs: readonly number[]): Skew[] {
  return flashesMs.flatMap((atMs) => {
    const skews = beepsMs.map((beepMs) => atMs - beepMs).filter((skewMs) => Math.abs(skewMs) < flashPeriodMs / 2);
    const skewMs = skews.sort((a, b) => Math.abs(a) - Math.abs(b))[0];
    return skewMs === undefined ? [] : [{ atMs, skewMs }];
  });
}

/**
 * Slope in ms per hour. Pictures are shown on program frames: while the panelist's clock slides past them, the skew of an event
 * rises by up to a frame and falls back, over and over, and a line through single events follows whatever part of such a saw
 * tooth the measurement ended in. So events are averaged over whole teeth first, which takes the rounding out, and the
 * line goes through the means. With fewer than two whole teeth it goes through the events.
 * @param sawPeriodMs see `sawPeriodMs`; without it the line goes through the events.
 * @throws RangeError with fewer than two skews
 */
export function driftMsPerHour(skews: readonly Skew[], sawPeriodMs = Infinity): number {
  const startMs = Math.min(...skews.map(({ atMs }) => atMs));
  const endMs = Math.max(...skews.map(({ atMs }) => atMs));
  const teeth = Map.groupBy(skews, ({ atMs }) => Math.floor((atMs - startMs) / sawPeriodMs));
  const whole = [...teeth].filter(([tooth]) => startMs + (tooth + 1) * sawPeriodMs <= endMs + 1000);
  if (whole.length < 2) return slopeMsPerHour(skews);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return slopeMsPerHour(
    whole.map(([, events]) => ({
      atMs: mean(events.map(({ atMs }) => atMs)),
      skewMs: mean(events.map(({ skewMs }) => skewMs)),
    })),
  );
}

/** How long a panelist's clock that is off by that much takes to slide by one program frame; Infinity for none. */
export function sawPeriodMs(ppm: number, frameRate: number): number {
  return 1000 / frameRate / (Math.abs(ppm) * 1e-6);
}

/** Least squares. @throws RangeError with fewer than two skews */
function slopeMsPerHour(skews: readonly Skew[]): number {
  if (skews.length < 2) throw new RangeError('Drift needs at least two skews.');
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const atMs = mean(skews.map((skew) => skew.atMs));
  const skewMs = mean(skews.map((skew) => skew.skewMs));
  const covariance = skews.reduce((sum, skew) => sum + (skew.atMs - atMs) * (skew.skewMs - skewMs), 0);
  const variance = skews.reduce((sum, skew) => sum + (skew.atMs - atMs) ** 2, 0);
  return (covariance / variance) * 3_600_000;
}

/** The absolute skew that `ratio` of the events do not exceed (nearest rank). @throws RangeError without skews */
export function absoluteSkewMs(skews: readonly Skew[], ratio: number): number {
  const sorted = skews.map(({ skewMs }) => Math.abs(skewMs)).sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(ratio * sorted.length) - 1)];
  if (value === undefined) throw new RangeError('There is no skew.');
  return value;
}
