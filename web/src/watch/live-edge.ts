/** Brings back a viewer who is so far behind live that faster playback will not do it. Pure. */

/**
 * Playing a tenth faster takes ten seconds for each second, and hls.js seeks only when far behind; who joins in the first
 * seconds of an event, or stalls for long, would be late for a minute.
 */
const beyondCatchUpMs = 1800;
/** A moment of jitter is no reason to skip what is being said. */
const patienceMs = 3000;
/** On a network that cannot keep up, a jump every few seconds would be worse than the delay. */
const jumpPauseMs = 30_000;

export interface LiveEdgeWatch {
  readonly behindSinceMs: number | undefined;
  readonly jumpedAtMs: number | undefined;
  /** True once: seek to the live edge now. */
  readonly shouldJump: boolean;
}

export const initialLiveEdgeWatch: LiveEdgeWatch = {
  behindSinceMs: undefined,
  jumpedAtMs: undefined,
  shouldJump: false,
};

export interface LiveEdgeMoment {
  readonly nowMs: number;
  readonly isPlaying: boolean;
  /** Distance from the live edge and the distance aimed at, ms; undefined while unknown. */
  readonly edgeLatencyMs: number | undefined;
  readonly targetLatencyMs: number | undefined;
}

export function watchLiveEdge(watch: LiveEdgeWatch, moment: LiveEdgeMoment): LiveEdgeWatch {
  const { nowMs, isPlaying, edgeLatencyMs, targetLatencyMs } = moment;
  const { jumpedAtMs } = watch;
  const isBehind =
    isPlaying &&
    edgeLatencyMs !== undefined &&
    targetLatencyMs !== undefined &&
    edgeLatencyMs - targetLatencyMs > beyondCatchUpMs;
  if (!isBehind) return { behindSinceMs: undefined, jumpedAtMs, shouldJump: false };
  const behindSinceMs = watch.behindSinceMs ?? nowMs;
  const isRested = jumpedAtMs === undefined || nowMs - jumpedAtMs >= jumpPauseMs;
  if (nowMs - behindSinceMs < patienceMs || !isRested) return { behindSinceMs, jumpedAtMs, shouldJump: false };
  return { behindSinceMs: undefined, jumpedAtMs: nowMs, shouldJump: true };
}
