import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../src/core/clock.ts';
import { RateLimiter, TokenBucket } from '../../../src/signaling/rate-limit.ts';

describe('TokenBucket', () => {
  it('take gives a burst of its capacity, then says how long to wait', () => {
    const clock = new FakeClock();
    const bucket = new TokenBucket({ capacity: 2, refillPerSec: 4 }, clock);
    expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([0, 0, 250]);
    clock.advance(250);
    expect([bucket.take(), bucket.take()]).toEqual([0, 250]);
  });

  it('take never gives more than capacity plus refill over any time', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 200 }), (gapsMs) => {
        const clock = new FakeClock();
        const bucket = new TokenBucket({ capacity: 10, refillPerSec: 5 }, clock);
        let takenCount = 0;
        for (const gapMs of gapsMs) {
          clock.advance(gapMs);
          if (bucket.take() === 0) takenCount++;
        }
        expect(takenCount).toBeLessThanOrEqual(10 + (clock.nowMs() / 1000) * 5 + 1e-6);
      }),
    );
  });
});

describe('RateLimiter', () => {
  it('take of one class leaves the others alone', () => {
    const spec = { capacity: 1, refillPerSec: 1 };
    const limiter = new RateLimiter({ a: spec, b: spec }, new FakeClock());
    expect([limiter.take('a'), limiter.take('a'), limiter.take('b')]).toEqual([0, 1000, 0]);
  });
});
