import { describe, expect, it } from 'vitest';
import { BoundedQueue } from '../../../src/core/bounded-queue.ts';
import { SerialQueue } from '../../../src/core/serial-queue.ts';
import { SingleFlight } from '../../../src/core/single-flight.ts';

describe('BoundedQueue', () => {
  it('take returns items in order and waits for the next', async () => {
    const queue = new BoundedQueue<number>({ maxItems: 2, overflow: 'dropNewest' });
    queue.push(1);
    expect(await queue.take()).toBe(1);
    const waiting = queue.take();
    queue.push(2);
    expect(await waiting).toBe(2);
  });

  it('push beyond the limit drops the oldest when told so', async () => {
    const dropped: number[] = [];
    const queue = new BoundedQueue<number>({
      maxItems: 2,
      overflow: 'dropOldest',
      onDropped: (item) => dropped.push(item),
    });
    for (const item of [1, 2, 3]) expect(queue.push(item)).toBe(true);
    expect(dropped).toEqual([1]);
    expect(queue.droppedCount).toBe(1);
    expect([await queue.take(), await queue.take()]).toEqual([2, 3]);
  });

  it('push beyond the limit refuses the newest when told so', () => {
    const queue = new BoundedQueue<number>({ maxItems: 1, overflow: 'dropNewest' });
    queue.push(1);
    expect(queue.push(2)).toBe(false);
    expect(queue.length).toBe(1);
  });

  it('push beyond the limit closes a failing queue, which still gives what it holds', async () => {
    const queue = new BoundedQueue<number>({ maxItems: 1, overflow: 'fail' });
    queue.push(1);
    expect(queue.push(2)).toBe(false);
    expect(queue.isClosed).toBe(true);
    expect(await queue.take()).toBe(1);
    expect(await queue.take()).toBeUndefined();
  });

  it('close ends a waiting take', async () => {
    const queue = new BoundedQueue<number>({ maxItems: 1, overflow: 'fail' });
    const waiting = queue.take();
    queue.close();
    expect(await waiting).toBeUndefined();
  });
});

describe('SerialQueue', () => {
  it('run keeps the order and goes on after a failure', async () => {
    const queue = new SerialQueue();
    const seen: string[] = [];
    const slow = queue.run(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      seen.push('slow');
    });
    const failing = queue.run(async () => {
      seen.push('failing');
      throw new Error('no');
    });
    const last = queue.run(async () => seen.push('last'));
    await slow;
    await expect(failing).rejects.toThrow('no');
    await last;
    expect(seen).toEqual(['slow', 'failing', 'last']);
  });
});

describe('SingleFlight', () => {
  it('run shares one operation between concurrent callers and forgets it after', async () => {
    const flights = new SingleFlight<string, number>();
    let runs = 0;
    const operation = async () => ++runs;
    expect(await Promise.all([flights.run('a', operation), flights.run('a', operation)])).toEqual([1, 1]);
    expect(await flights.run('a', operation)).toBe(2);
  });

  it('run forgets a failure, so the next call tries again', async () => {
    const flights = new SingleFlight<string, number>();
    await expect(flights.run('a', async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await flights.run('a', async () => 5)).toBe(5);
  });
});
