import { describe, expect, it } from 'vitest';
import { addTimeSample, unsyncedClock, wallLatencyMs } from '../../../../web/src/watch/server-clock.ts';

const sample = (sentWallMs: number, roundTripMs: number, serverWallMs: number) => ({
  sentWallMs,
  receivedWallMs: sentWallMs + roundTripMs,
  serverWallMs,
});

describe('addTimeSample', () => {
  it('takes the middle of the round trip as the moment of the answer', () => {
    const clock = addTimeSample(unsyncedClock, sample(1000, 40, 6020));
    expect(clock).toEqual({ offsetMs: 5000, uncertaintyMs: 20 });
  });

  it('keeps a quick sample over a slow one', () => {
    const quick = addTimeSample(unsyncedClock, sample(0, 10, 5));
    const after = addTimeSample(quick, sample(1000, 900, 1850));
    expect(after.offsetMs).toBe(0);
  });

  it('believes newer samples again when certainty has aged', () => {
    let clock = addTimeSample(unsyncedClock, sample(0, 10, 5));
    for (let index = 0; index < 10; index += 1) clock = addTimeSample(clock, sample(1000, 100, 1350));
    expect(clock.offsetMs).toBe(300);
  });

  it('ignores a sample during which the device clock stepped back', () => {
    expect(addTimeSample(unsyncedClock, sample(1000, -50, 0))).toBe(unsyncedClock);
  });
});

describe('wallLatencyMs', () => {
  it('returns server time minus program time, never below 0', () => {
    const clock = { offsetMs: 200, uncertaintyMs: 1 };
    expect(wallLatencyMs(clock, 10_000, 8800)).toBe(1400);
    expect(wallLatencyMs(clock, 10_000, 20_000)).toBe(0);
  });

  it('returns undefined while clock or program time is unknown', () => {
    expect(wallLatencyMs(unsyncedClock, 10_000, 8800)).toBeUndefined();
    expect(wallLatencyMs({ offsetMs: 0, uncertaintyMs: 1 }, 10_000, undefined)).toBeUndefined();
  });
});
