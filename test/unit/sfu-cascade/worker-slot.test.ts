import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { type RunningWorker } from '../../../src/sfu-cascade/worker-process.ts';
import { WorkerSlot } from '../../../src/sfu-cascade/worker-slot.ts';

/** A process that can be told to die; everything else of a worker is not the slot's business. */
class ScriptedWorker extends EventEmitter {
  readonly pid = 1;
  closed = false;
  died = false;
  subprocessClosed = false;

  async getResourceUsage() {
    return { ru_utime: 0, ru_stime: 0 };
  }

  die(): void {
    this.closed = this.died = this.subprocessClosed = true;
    this.emit('died', new Error('killed'));
  }

  close(): void {
    this.closed = this.subprocessClosed = true;
    queueMicrotask(() => this.emit('subprocessclose'));
  }
}

function setUp() {
  const clock = new FakeClock();
  const workers: ScriptedWorker[] = [];
  const log: string[] = [];
  let failures = 0;
  const slot = new WorkerSlot({
    workerIndex: 0,
    port: 1,
    clock,
    logger: silentLogger,
    start: async () => {
      log.push(`start at ${clock.nowMs()}`);
      if (failures-- > 0) throw new Error('port still taken');
      const worker = new ScriptedWorker();
      workers.push(worker);
      return { worker, webRtcServer: {} } as unknown as RunningWorker;
    },
    listener: { workerUp: () => log.push('up'), workerDied: () => log.push('died'), workerCpuRatio: () => undefined },
  });
  return { clock, workers, log, slot, failNext: (count: number) => (failures = count) };
}

describe('WorkerSlot', () => {
  it('after a death reports it and starts a replacement after 1 s', async () => {
    const { clock, workers, log, slot } = setUp();
    await slot.start();
    workers[0]!.die();
    expect(slot.isUp).toBe(false);
    await clock.advanceAsync(1000, 100);
    expect(log).toEqual(['start at 0', 'up', 'died', 'start at 1000', 'up']);
    expect(slot.isUp).toBe(true);
    await slot.close('test over');
  });

  it('waits twice as long after every failure, up to 30 s', async () => {
    const { clock, workers, log, slot, failNext } = setUp();
    await slot.start();
    workers[0]!.die();
    failNext(7);
    await clock.advanceAsync(130_000, 500);
    const starts = log.filter((line) => line.startsWith('start')).map((line) => Number(line.split(' ')[2]));
    expect(starts).toEqual([0, 1000, 3000, 7000, 15_000, 31_000, 61_000, 91_000, 121_000]);
    expect(slot.isUp).toBe(true);
    await slot.close('test over');
  });

  it('begins at 1 s again after a worker that ran a minute', async () => {
    const { clock, workers, log, slot } = setUp();
    await slot.start();
    workers[0]!.die();
    await clock.advanceAsync(1000, 100);
    await clock.advanceAsync(60_000, 1000);
    workers[1]!.die();
    await clock.advanceAsync(1000, 100);
    expect(log.filter((line) => line.startsWith('start'))).toEqual(['start at 0', 'start at 1000', 'start at 62000']);
    await slot.close('test over');
  });

  it('close ends the worker, and no replacement comes for one that died before', async () => {
    const first = setUp();
    await first.slot.start();
    await first.slot.close('test over');
    expect(first.workers[0]!.closed).toBe(true);
    const second = setUp();
    await second.slot.start();
    second.workers[0]!.die();
    await second.slot.close('test over');
    await second.clock.advanceAsync(5000, 500);
    expect(second.workers).toHaveLength(1);
    expect(second.clock.pendingTimerCount).toBe(0);
  });
});
