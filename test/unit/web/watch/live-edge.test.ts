import { describe, expect, it } from 'vitest';
import { initialLiveEdgeWatch, watchLiveEdge } from '../../../../web/src/watch/live-edge.ts';

/** Feeds one moment a second; returns the seconds at which a jump is asked for. */
function jumpsAt(latenciesMs: readonly (number | undefined)[], isPlaying = true): number[] {
  let watch = initialLiveEdgeWatch;
  return latenciesMs.flatMap((edgeLatencyMs, second) => {
    watch = watchLiveEdge(watch, { nowMs: second * 1000, isPlaying, edgeLatencyMs, targetLatencyMs: 1000 });
    return watch.shouldJump ? [second] : [];
  });
}

describe('watchLiveEdge', () => {
  it('jumps once a viewer has been out of reach of faster playback for three seconds', () => {
    expect(jumpsAt([6000, 6000, 6000, 6000, 1100, 1000])).toEqual([3]);
  });

  it('leaves alone who is within reach, pauses, or is of unknown latency', () => {
    expect(jumpsAt(Array.from({ length: 60 }, () => 2700))).toEqual([]);
    expect(
      jumpsAt(
        Array.from({ length: 60 }, () => 6000),
        false,
      ),
    ).toEqual([]);
    expect(jumpsAt(Array.from({ length: 60 }, () => undefined))).toEqual([]);
  });

  it('does not jump for short jitter', () => {
    expect(jumpsAt([6000, 6000, 1000, 6000, 6000, 1000])).toEqual([]);
  });

  it('waits half a minute between jumps on a network that cannot keep up', () => {
    expect(jumpsAt(Array.from({ length: 70 }, () => 6000))).toEqual([3, 33, 63]);
  });
});
