/** Notices a player that should move and does not, without any error having been reported. */

export interface ProgressSample {
  readonly nowMs: number;
  readonly currentTimeSec: number;
  /** False while paused, ended, or the page is hidden: standing still is then right. */
  readonly shouldMove: boolean;
}

export interface ProgressWatch {
  readonly lastTimeSec: number;
  readonly lastMovedMs: number;
  readonly isStuck: boolean;
}

/** Longer than hls.js needs for its own retries and nudges of one lost part, shorter than a viewer's patience. */
export const stuckAfterMs = 12_000;

export function startWatch(nowMs: number): ProgressWatch {
  return { lastTimeSec: -1, lastMovedMs: nowMs, isStuck: false };
}

export function watchProgress(watch: ProgressWatch, sample: ProgressSample): ProgressWatch {
  const hasMoved = Math.abs(sample.currentTimeSec - watch.lastTimeSec) > 0.01;
  if (!sample.shouldMove || hasMoved) {
    return { lastTimeSec: sample.currentTimeSec, lastMovedMs: sample.nowMs, isStuck: false };
  }
  return { ...watch, isStuck: sample.nowMs - watch.lastMovedMs >= stuckAfterMs };
}
