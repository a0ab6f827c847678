import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../src/core/clock.ts';
import { KeyframeThrottle } from '../../../src/sfu-cascade/keyframe-throttle.ts';

describe('KeyframeThrottle', () => {
  it('take lets one request per id and interval through', () => {
    const clock = new FakeClock();
    const throttle = new KeyframeThrottle(clock, 500);
    expect([throttle.take('a'), throttle.take('a'), throttle.take('b')]).toEqual([true, false, true]);
    clock.advance(499);
    expect(throttle.take('a')).toBe(false);
    clock.advance(1);
    expect(throttle.take('a')).toBe(true);
  });

  it('forget starts an id anew', () => {
    const throttle = new KeyframeThrottle(new FakeClock(), 500);
    throttle.take('a');
    throttle.forget('a');
    expect(throttle.take('a')).toBe(true);
  });
});
