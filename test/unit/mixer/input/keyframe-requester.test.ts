import { describe, expect, it } from 'vitest';
import { KeyframeRequester, keyframeRequestLimits } from '../../../../src/mixer/input/keyframe-requester.ts';

/** Asks every 10 ms, as a stream does that needs a keyframe and gets none. */
function requestsOf(requester: KeyframeRequester, fromMs: number, untilMs: number, isLost = (_ms: number) => false) {
  const sentMs: number[] = [];
  for (let ms = fromMs; ms <= untilMs; ms += 10) {
    if (isLost(ms)) requester.noteLoss(ms);
    if (requester.shouldRequest(ms)) sentMs.push(ms);
  }
  return sentMs;
}

describe('KeyframeRequester.shouldRequest', () => {
  it('the first is sent at once, then one per second, without end', () => {
    const requester = new KeyframeRequester();
    expect(requestsOf(requester, 500, 5000)).toEqual([500, 1500, 2500, 3500, 4500]);
    expect(requester.requestCount).toBe(5);
  });

  it('a loss after a request has it repeated after half a second, once the loss is over for 200 ms', () => {
    expect(requestsOf(new KeyframeRequester(), 0, 1400, (ms) => ms === 100)).toEqual([0, 500]);
    expect(requestsOf(new KeyframeRequester(), 0, 1400, (ms) => ms > 0 && ms <= 450)).toEqual([0, 650]);
  });

  it('while a loss goes on it stays at one per second, and what was lost before a request is no reason to repeat it', () => {
    expect(requestsOf(new KeyframeRequester(), 0, 3000, (ms) => ms % 100 === 0)).toEqual([0, 1000, 2000, 3000]);
    expect(requestsOf(new KeyframeRequester(), 0, 900, (ms) => ms === 0)).toEqual([0]);
  });

  it('after the burst is used up it is one per second whatever is lost, and rest earns it back', () => {
    const requester = new KeyframeRequester();
    // Now and then quiet for long enough to ask again at once.
    const isLost = (ms: number): boolean => ms % 500 < 280;
    const first = requestsOf(requester, 0, 60_000, isLost);
    const inSpan = (fromMs: number, untilMs: number) => first.filter((ms) => ms >= fromMs && ms < untilMs).length;
    expect(inSpan(0, 10_000)).toBeGreaterThan(15);
    expect(inSpan(40_000, 60_000)).toBeLessThanOrEqual(20);
    expect(first.length).toBeLessThanOrEqual(60 + keyframeRequestLimits.burst + 1);
    expect(requestsOf(requester, 120_000, 130_000, isLost).length).toBeGreaterThan(15);
  });
});
