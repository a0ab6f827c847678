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

  it('is content while time moves, also backwards', () => {
    let watch = startWatch(0);
    for (const [nowMs, currentTimeSec] of [
      [11_000, 1],
      [22_000, 2],
      [33_000, 0.5],
    ] as const) {
      watch = watchProgress(watch, { nowMs, currentTimeSec, shouldMove: true });
      expect(watch.isStuck).toBe(false);
    }
  });

  it('starts over after a time in which standing still was right', () => {
    let watch = watchProgress(startWatch(0), { nowMs: 60_000, currentTimeSec: 5, shouldMove: false });
    watch = watchProgress(watch, { nowMs: 60_000 + stuckAfterMs - 1, currentTimeSec: 5, shouldMove: true });
    expect(watch.isStuck).toBe(false);
  });
});
