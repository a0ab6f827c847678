/**
 * How fast to play so that a live viewer comes to the distance from the live edge that the playlist asks for. Pure.
 *
 * hls.js does so only with more than a second of media ahead, which nobody has who is near a hold-back of one second:
 * viewers stayed a third of a second behind it for good.
 */

/** Nobody hears it: the browser keeps the pitch. */
const fastRate = 1.1;
const slowRate = 1.05;
/** Further away than this it may go faster. */
const fastBeyondMs = 500;
/** Begins and ends; the player's own estimate of the edge swings by a few frames. */
const beginBeyondMs = 120;
const endBelowMs = 40;
/** With less media ahead the next late part would be a stall: first it has to come closer. */
const minAheadMs = 400;

export interface CatchUpMoment {
  /** Distance from the live edge and the distance aimed at, ms; undefined while unknown. */
  readonly edgeLatencyMs: number | undefined;
  readonly targetLatencyMs: number | undefined;
  /** Media behind the playhead that is there already, ms. */
  readonly aheadMs: number;
  /** As it is now. */
  readonly rate: number;
}

/** @returns 1 at the aim, 1.1 at most */
export function catchUpRate({ edgeLatencyMs, targetLatencyMs, aheadMs, rate }: CatchUpMoment): number {
  if (edgeLatencyMs === undefined || targetLatencyMs === undefined || aheadMs < minAheadMs) return 1;
  const distanceMs = edgeLatencyMs - targetLatencyMs;
  if (distanceMs < (rate > 1 ? endBelowMs : beginBeyondMs)) return 1;
  return distanceMs > fastBeyondMs ? fastRate : slowRate;
}

/** What of a media element tells how much is there. */
export interface Buffered {
  readonly currentTime: number;
  readonly buffered: {
    readonly length: number;
    start(index: number): number;
    end(index: number): number;
  };
}

/** @returns ms of media from the playhead on without a hole; 0 when there is none */
export function bufferedAheadMs({ buffered, currentTime }: Buffered): number {
  for (let index = 0; index < buffered.length; index++) {
    if (buffered.start(index) <= currentTime && currentTime < buffered.end(index))
      return 1000 * (buffered.end(index) - currentTime);
  }
  return 0;
}
