/** What one phase of the bench amounts to. Pure. */
import { percentile, round } from '../percentiles.ts';
import { type LoadReport, type OriginSample } from './messages.ts';

export interface PhaseResult {
  readonly viewers: number;
  /** Responses that the viewers got. */
  readonly requestsPerSec: number;
  readonly megabitsPerSec: number;
  /** From being published to the last byte at a viewer. */
  readonly partP50Ms: number;
  readonly partP99Ms: number;
  /** From one part's last byte to the next one's. */
  readonly intervalP99Ms: number;
  readonly originRequestsPerSec: number;
  /** What a reader must know: failures, parts that never came. */
  readonly problems: readonly string[];
}

/** Fewer parts than this share of those that were due, and viewers were not served. */
const minPartRatio = 0.98;

/** @throws Error when no part was received */
export function summarize(phase: {
  viewerCount: number;
  seconds: number;
  earlier: OriginSample;
  later: OriginSample;
  reports: readonly LoadReport[];
}): PhaseResult {
  const { viewerCount, seconds, earlier, later, reports } = phase;
  const publishedAtMs = new Map<number, number>();
  for (let index = 0; index < later.published.length; index += 2) {
    publishedAtMs.set(later.published[index]!, later.published[index + 1]!);
  }
  const delaysMs: number[] = [];
  for (const { received } of reports) {
    for (let index = 0; index < received.length; index += 2) {
      const atMs = publishedAtMs.get(received[index]!);
      // Parts from before the phase are somebody's start of playback.
      if (atMs !== undefined) delaysMs.push(received[index + 1]! - atMs);
    }
  }
  if (delaysMs.length === 0) throw new Error('No viewer received a part.');
  const intervalsMs = reports.flatMap((report) => [...report.intervalsMs]);
  const sum = (read: (report: LoadReport) => number) => reports.reduce((total, report) => total + read(report), 0);
  // The newest part is still on its way to some.
  const dueCount = 2 * viewerCount * (publishedAtMs.size - 1);
  return {
    viewers: viewerCount,
    requestsPerSec: round(sum(({ responseCount }) => responseCount) / seconds, 0),
    megabitsPerSec: round((sum(({ mediaBytes }) => mediaBytes) * 8) / seconds / 1e6, 1),
    partP50Ms: round(percentile(delaysMs, 0.5), 1),
    partP99Ms: round(percentile(delaysMs, 0.99), 1),
    intervalP99Ms: round(percentile(intervalsMs, 0.99), 1),
    originRequestsPerSec: round(((later.requestCount - earlier.requestCount) * 1000) / (later.atMs - earlier.atMs), 1),
    problems: [
      ...(delaysMs.length < dueCount * minPartRatio ? [`${delaysMs.length} of ${dueCount} parts were received.`] : []),
      ...reports.flatMap(({ failures }) => Object.entries(failures).map(([what, count]) => `${count} times: ${what}`)),
    ],
  };
}
