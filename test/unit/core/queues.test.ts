import { describe, expect, it } from 'vitest';
import { BoundedQueue } from '../../../src/core/bounded-queue.ts';
import { SerialQueue } from '../../../src/core/serial-queue.ts';
import { SingleFlight } from '../../../src/core/single-flight.ts';

describe('BoundedQueue', () => {
  it('take returns the oldest in order, as many as asked for or all', () => {
    const queue = new BoundedQueue<number>({ maxItems: 4, overflow: 'refuse' });
    for (const item of [1, 2, 3, 4]) expect(queue.push(item)).toBe(true);
    expect(queue.take(2)).toEqual([1, 2]);
    expect(queue.take()).toEqual([3, 4]);
    expect(queue.take()).toEqual([]);
  });

  it('push beyond the limit drops the oldest when told so', () => {
    const queue = new BoundedQueue<number>({ maxItems: 2, overflow: 'dropOldest' });
    for (const item of [1, 2, 3]) expect(queue.push(item)).toBe(true);
    expect(queue.droppedCount).toBe(1);
    expect(queue.take()).toEqual([2, 3]);
  });

  it('push beyond the limit refuses the newcomer when told so', () => {
    const queue = new BoundedQueue<number>({ maxItems: 1, overflow: 'refuse' });
    queue.push(1);
    expect(queue.push(2)).toBe(false);
    expect(queue.droppedCount).toBe(1);
    expect(queue.take()).toEqual([1]);
  });

  it('push beyond the limit drops the oldest expendable item, be it the newcomer, else the oldest of all', () => {
    const isExpendable = (item: number) => item % 2 === 0;
    const queue = new BoundedQueue<number>({ maxItems: 3, overflow: 'dropOldest', isExpendable });
    for (const item of [1, 2, 3]) queue.push(item);
    expect(queue.push(5)).toBe(true);
    expect(queue.push(6)).toBe(false);
    expect(queue.push(7)).toBe(true);
    expect(queue.take()).toEqual([3, 5, 7]);
    expect(queue.droppedCount).toBe(3);
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
