/** Counts what a viewer sees as a stall: a started player that runs dry, not a pause, a seek or the first buffering. */

export interface StallCounter {
  readonly stallCount: number;
  /** Sum of finished stalls, ms. */
  readonly stalledMs: number;
  /** When the running stall began, monotonic ms. */
  readonly stalledSinceMs: number | undefined;
  /** True once a first frame has played since the start or the last deliberate move. */
  readonly isFlowing: boolean;
}

export type PlaybackSignal = 'playing' | 'waiting' | 'paused' | 'seeking' | 'restarted';

export const noStalls: StallCounter = {
  stallCount: 0,
  stalledMs: 0,
  stalledSinceMs: undefined,
  isFlowing: false,
};

/** @param nowMs monotonic time of the signal. */
export function countStall(counter: StallCounter, signal: PlaybackSignal, nowMs: number): StallCounter {
  switch (signal) {
    case 'waiting':
      if (!counter.isFlowing || counter.stalledSinceMs !== undefined) return counter;
      return { ...counter, stallCount: counter.stallCount + 1, stalledSinceMs: nowMs };
    case 'playing':
      return { ...endStall(counter, nowMs), isFlowing: true };
    case 'paused':
    case 'seeking':
    case 'restarted':
      return { ...endStall(counter, nowMs), isFlowing: false };
  }
}

function endStall(counter: StallCounter, nowMs: number): StallCounter {
  if (counter.stalledSinceMs === undefined) return counter;
  const stalledMs = counter.stalledMs + (nowMs - counter.stalledSinceMs);
  return { ...counter, stalledMs, stalledSinceMs: undefined };
}
