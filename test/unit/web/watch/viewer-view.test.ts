import { describe, expect, it } from 'vitest';
import { type PlayerSnapshot } from '../../../../web/src/watch/player-snapshot.ts';
import { isBehindLive } from '../../../../web/src/watch/viewer-view.ts';

const snapshot = (edgeLatencyMs: number | undefined): PlayerSnapshot => ({
  playingWallMs: undefined,
  edgeLatencyMs,
  targetLatencyMs: 1000,
  heightPx: 720,
  bitrateBps: 1,
});

describe('isBehindLive', () => {
  it('is true more than 3 s behind the target', () => {
    expect(isBehindLive(snapshot(3900), true)).toBe(false);
    expect(isBehindLive(snapshot(4100), true)).toBe(true);
  });

  it('is true while paused, false while the distance is unknown or there is no player', () => {
    expect(isBehindLive(snapshot(0), false)).toBe(true);
    expect(isBehindLive(snapshot(undefined), true)).toBe(false);
    expect(isBehindLive(undefined, true)).toBe(false);
  });
});
