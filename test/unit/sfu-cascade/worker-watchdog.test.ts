import { type types } from 'mediasoup';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../src/core/clock.ts';
import { WorkerWatchdog } from '../../../src/sfu-cascade/worker-watchdog.ts';

function setUp(answer: () => Promise<{ ru_utime: number; ru_stime: number }>) {
  const clock = new FakeClock();
  const ratios: number[] = [];
  let hungCount = 0;
  const worker = { getResourceUsage: answer } as unknown as types.Worker;
  const watchdog = new WorkerWatchdog({
    worker,
    clock,
    onHung: () => hungCount++,
    onCpuRatio: (ratio) => ratios.push(ratio),
  });
  return { clock, ratios, watchdog, hungCount: () => hungCount };
}

describe('WorkerWatchdog', () => {
  it('of a worker that answers reports its share of a core and never calls it hung', async () => {
    let cpuMs = 0;
    const { clock, ratios, watchdog, hungCount } = setUp(async () => ({ ru_utime: (cpuMs += 200), ru_stime: 50 }));
    await clock.advanceAsync(10_000, 500);
    expect(hungCount()).toBe(0);
    expect(ratios).toHaveLength(9);
    for (const ratio of ratios) expect(ratio).toBeCloseTo(0.2, 1);
    watchdog.stop();
    expect(clock.pendingTimerCount).toBe(0);
  });

  it('of a worker that answers nothing calls it hung once, four ticks after it asked', async () => {
    const { clock, hungCount } = setUp(() => new Promise(() => undefined));
    await clock.advanceAsync(4999, 500);
    expect(hungCount()).toBe(0);
    await clock.advanceAsync(20_000, 500);
    expect(hungCount()).toBe(1);
    expect(clock.pendingTimerCount).toBe(0);
  });

  it('forgives an answer that fails', async () => {
    let callCount = 0;
    const { clock, watchdog, hungCount } = setUp(async () => {
      if (callCount++ === 0) throw new Error('channel closed');
      return { ru_utime: 0, ru_stime: 0 };
    });
    await clock.advanceAsync(10_000, 500);
    expect(hungCount()).toBe(0);
    watchdog.stop();
  });
});
