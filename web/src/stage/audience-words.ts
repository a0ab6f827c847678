/** What the host is told about the audience. Pure. */
import type { AudienceStats } from '../../../src/signaling/protocol/index.ts';
import { formatLatency } from '../lib/format.ts';

/** Three seconds of waiting in every minute: viewers leave over less. */
const troubledStallRatio = 0.05;
/** Fewer say nothing about the program: one bad network is none of the host's business. */
const minTroubledCount = 3;

export function audienceWords({ viewerCount, medianLatencyMs, stallRatio }: AudienceStats) {
  const isTroubled = viewerCount >= minTroubledCount && stallRatio > troubledStallRatio;
  const short = `${viewerCount.toLocaleString()} watching`;
  const latency = medianLatencyMs === undefined ? '' : `, ${formatLatency(medianLatencyMs)} behind (median)`;
  const waiting = `, waiting ${(100 * stallRatio).toFixed(stallRatio < 0.1 ? 1 : 0)} % of the time`;
  const long = `${short}${viewerCount === 0 ? '' : latency + waiting}`;
  return { short: isTroubled ? `${short}, stalling` : short, long, isTroubled };
}
