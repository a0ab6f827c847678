import { describe, expect, it } from 'vitest';
import { startWatch, stuckAfterMs, watchProgress } from '../../../../web/src/watch/progress-watchdog.ts';

describe('watchProgress', () => {
  it('finds a player stuck that should move and does not', () => {
    let watch = watchProgress(startWatch(0), { nowMs: 0, currentTimeSec: 5, shouldMove: true });
    watch = watchProgress(watch, { nowMs: stuckAfterMs - 1, currentTimeSec: 5, shouldMove: true });
    expect(watch.isStuck).toBe(false);
    watch = watchProgress(watch, { nowMs: stuckAfterMs, currentTimeSec: 5, shouldMove: true });
    expect(watch.isStuck).toBe(true);
  });

  it('is content while time moves, however slowly', () => {
    let watch = startWatch(0);
    for (const [nowMs, currentTimeSec] of [
      [11_000, 1],
      [22_000, 2],
      [33_000, 2.5],
    ] as const) {
      watch = watchProgress(watch, { nowMs, currentTimeSec, shouldMove: true });
      expect(watch.isStuck).toBe(false);
    }
  });

  it('finds a player stuck that only jumps after the live edge', () => {
    let watch = watchProgress(startWatch(0), { nowMs: 0, currentTimeSec: 0, shouldMove: true });
    for (let nowMs = 500; nowMs <= stuckAfterMs; nowMs += 500) {
      const currentTimeSec = 10 * Math.floor(nowMs / 8000);
      watch = watchProgress(watch, { nowMs, currentTimeSec, shouldMove: true });
    }
    expect(watch.isStuck).toBe(true);
  });

  it('starts over after a time in which standing still was right', () => {
    let watch = watchProgress(startWatch(0), { nowMs: 60_000, currentTimeSec: 5, shouldMove: false });
    watch = watchProgress(watch, { nowMs: 60_000 + stuckAfterMs - 1, currentTimeSec: 5, shouldMove: true });
    expect(watch.isStuck).toBe(false);
  });
});
