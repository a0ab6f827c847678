import { describe, expect, it } from 'vitest';
import { countStall, noStalls, type PlaybackSignal } from '../../../../web/src/watch/stall-counter.ts';

function play(...signals: [PlaybackSignal, number][]) {
  return signals.reduce((counter, [signal, nowMs]) => countStall(counter, signal, nowMs), noStalls);
}

describe('countStall', () => {
  it('does not count the first buffering', () => {
    expect(play(['waiting', 0], ['playing', 800]).stallCount).toBe(0);
  });

  it('counts a dry player once, with its duration', () => {
    const counter = play(['playing', 0], ['waiting', 1000], ['waiting', 1100], ['playing', 1750]);
    expect(counter).toMatchObject({ stallCount: 1, stalledMs: 750, stalledSinceMs: undefined });
  });

  it('does not count waiting after a seek, a pause or a restart', () => {
    for (const move of ['seeking', 'paused', 'restarted'] as const) {
      expect(play(['playing', 0], [move, 100], ['waiting', 110], ['playing', 400]).stallCount).toBe(0);
    }
  });

  it('ends a running stall at a restart', () => {
    expect(play(['playing', 0], ['waiting', 100], ['restarted', 600])).toMatchObject({ stallCount: 1, stalledMs: 500 });
  });
});
