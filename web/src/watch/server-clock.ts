/** How far this device's clock is from the server's: the sample with the shortest round trip wins (as NTP does). */

export interface TimeSample {
  /** Device wall time when the request left and when the answer came, ms. */
  readonly sentWallMs: number;
  readonly receivedWallMs: number;
  readonly serverWallMs: number;
}

export interface ServerClock {
  /** Add to the device's wall time to get the server's; undefined before the first sample. */
  readonly offsetMs: number | undefined;
  /** Half of the best round trip: the offset cannot be wrong by more. */
  readonly uncertaintyMs: number;
}

export const unsyncedClock: ServerClock = { offsetMs: undefined, uncertaintyMs: Number.POSITIVE_INFINITY };
/** A device clock may be stepped: old certainty decays by this much with every sample taken. */
const decayPerSampleMs = 5;

export function addTimeSample(clock: ServerClock, sample: TimeSample): ServerClock {
  const roundTripMs = sample.receivedWallMs - sample.sentWallMs;
  // The device's clock stepped back while the request was under way.
  if (roundTripMs < 0) return clock;
  const uncertaintyMs = roundTripMs / 2;
  const agedUncertaintyMs = clock.uncertaintyMs + decayPerSampleMs;
  if (clock.offsetMs !== undefined && uncertaintyMs > agedUncertaintyMs) {
    return { ...clock, uncertaintyMs: agedUncertaintyMs };
  }
  return { offsetMs: sample.serverWallMs - (sample.sentWallMs + uncertaintyMs), uncertaintyMs };
}

/**
 * Wall latency: server time now minus the program time of the picture on screen.
 * @param playingWallMs program date-time of the current position, ms since the Unix epoch.
 * @returns ms >= 0, or undefined while either is unknown.
 */
export function wallLatencyMs(
  clock: ServerClock,
  deviceWallMs: number,
  playingWallMs: number | undefined,
): number | undefined {
  if (clock.offsetMs === undefined || playingWallMs === undefined) return undefined;
  return Math.max(0, deviceWallMs + clock.offsetMs - playingWallMs);
}
