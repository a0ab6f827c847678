import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../src/core/clock.ts';
import { pause } from '../../../src/core/pause.ts';

describe('pause', () => {
  it('resolves when its time is over and leaves no timer', async () => {
    const clock = new FakeClock();
    const paused = pause(clock, 1000);
    clock.advance(999);
    expect(clock.pendingTimerCount).toBe(1);
    clock.advance(1);
    await paused;
    expect(clock.pendingTimerCount).toBe(0);
  });

  it('resolves at once when the signal aborts, before or meanwhile, and leaves no timer', async () => {
    const clock = new FakeClock();
    const abort = new AbortController();
    const paused = pause(clock, 1000, abort.signal);
    abort.abort();
    await paused;
    await pause(clock, 1000, abort.signal);
    expect(clock.pendingTimerCount).toBe(0);
  });
});
