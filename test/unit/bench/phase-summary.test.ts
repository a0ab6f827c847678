import { describe, expect, it } from 'vitest';
import { type LoadReport, type OriginSample, partNumber } from '../../../bench/lib/origin/messages.ts';
import { summarize } from '../../../bench/lib/origin/phase-summary.ts';

const sample = (atMs: number, requestCount: number, published: number[] = []): OriginSample => ({
  type: 'sample',
  atMs,
  requestCount,
  heldCount: 0,
  heapBytes: 0,
  residentBytes: 0,
  published,
});
const report = (received: number[], intervalsMs: number[] = [333], failures = {}): LoadReport => ({
  type: 'report',
  responseCount: 60,
  mediaBytes: 1_000_000,
  followingCount: 1,
  received: Float64Array.from(received),
  intervalsMs: Float64Array.from(intervalsMs),
  failures,
});
const [first, second, third] = [partNumber(7, 4), partNumber(7, 5), partNumber(8, 0)];
const published = [first, 1000, second, 1333, third, 1667];

describe('summarize', () => {
  it('tells delays since publication, rates per second, and what reached the origin in its own time', () => {
    const reports = [report([first, 1010, first, 1012, second, 1340, second, 1350]), report([third, 1700], [400])];
    const result = summarize({
      viewerCount: 1,
      seconds: 5,
      earlier: sample(500, 100),
      later: sample(4500, 148, published),
      reports,
    });
    expect(result).toEqual({
      viewers: 1,
      requestsPerSec: 24,
      megabitsPerSec: 3.2,
      partP50Ms: 12,
      partP99Ms: 33,
      intervalP99Ms: 400,
      originRequestsPerSec: 12,
      problems: [],
    });
  });

  it('leaves out parts from before the phase and names failures and parts that did not come', () => {
    const reports = [report([partNumber(1, 0), 900, first, 1010], [333], { 'status 503': 2 })];
    const later = sample(1000, 0, published);
    const result = summarize({ viewerCount: 1, seconds: 1, earlier: sample(0, 0), later, reports });
    expect(result.partP99Ms).toBe(10);
    expect(result.problems).toEqual(['1 of 4 parts were received.', '2 times: status 503']);
  });

  it('throws when nobody received anything: there is no figure then', () => {
    const phase = { viewerCount: 1, seconds: 1, earlier: sample(0, 0), later: sample(1000, 0), reports: [report([])] };
    expect(() => summarize(phase)).toThrow('No viewer received a part.');
  });
});
