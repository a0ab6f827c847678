import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../src/core/clock.ts';

describe('FakeClock', () => {
  it('advance fires timers in due order, each at its own time', () => {
    const clock = new FakeClock();
    const fired: string[] = [];
    clock.schedule(20, () => fired.push(`b@${clock.nowMs()}`));
    clock.schedule(10, () => {
      fired.push(`a@${clock.nowMs()}`);
      clock.schedule(5, () => fired.push(`nested@${clock.nowMs()}`));
    });
    clock.advance(30);
    expect(fired).toEqual(['a@10', 'nested@15', 'b@20']);
    expect(clock.nowMs()).toBe(30);
  });

  it('repeat fires until cancelled', () => {
    const clock = new FakeClock();
    let count = 0;
    const timer = clock.repeat(10, () => count++);
    clock.advance(35);
    timer.cancel();
    clock.advance(100);
    expect(count).toBe(3);
    expect(clock.pendingTimerCount).toBe(0);
  });

  it('stepWall moves the wall clock and not the monotonic one', () => {
    const clock = new FakeClock(1000);
    clock.stepWall(5000);
    expect([clock.wallMs(), clock.nowMs()]).toEqual([6000, 0]);
  });
});
