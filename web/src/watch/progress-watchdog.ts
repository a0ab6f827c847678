/** Notices a player that should move and does not, without any error having been reported. */

export interface ProgressSample {
  readonly nowMs: number;
  readonly currentTimeSec: number;
  /** False while paused, ended, or the page is hidden: standing still is then right. */
  readonly shouldMove: boolean;
}

export interface ProgressWatch {
  readonly lastTimeSec: number;
  readonly lastSampleMs: number;
  readonly lastMovedMs: number;
  readonly isStuck: boolean;
}

/** Longer than hls.js needs for its own retries and nudges of one lost part, shorter than a viewer's patience. */
export const stuckAfterMs = 12_000;
/** Playback is at most a little faster than time; further in one look is a seek. */
const maxPlaybackRate = 2;
const sampleToleranceSec = 0.5;

export function startWatch(nowMs: number): ProgressWatch {
  return { lastTimeSec: -1, lastSampleMs: nowMs, lastMovedMs: nowMs, isStuck: false };
}

/** A seek is no progress: a player that can show nothing still jumps after the live edge, again and again. */
export function watchProgress(watch: ProgressWatch, sample: ProgressSample): ProgressWatch {
  const { nowMs, currentTimeSec, shouldMove } = sample;
  const playedSec = currentTimeSec - watch.lastTimeSec;
  const elapsedSec = (nowMs - watch.lastSampleMs) / 1000;
  const hasMoved = playedSec > 0.01 && playedSec <= maxPlaybackRate * elapsedSec + sampleToleranceSec;
  const seen = { lastTimeSec: currentTimeSec, lastSampleMs: nowMs };
  if (!shouldMove || hasMoved) return { ...seen, lastMovedMs: nowMs, isStuck: false };
  return { ...seen, lastMovedMs: watch.lastMovedMs, isStuck: nowMs - watch.lastMovedMs >= stuckAfterMs };
}
