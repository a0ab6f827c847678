import { describe, expect, it } from 'vitest';
import { DueTimes } from '../../../../src/mixer/input/due-times.ts';
import { PictureQueue } from '../../../../src/mixer/input/picture-queue.ts';

const frame = (value: number): Uint8Array => new Uint8Array(6).fill(value);

describe('PictureQueue', () => {
  it('a picture cut into chunks is shown from its due time on, the last one for ever', () => {
    const queue = new PictureQueue(2, 2);
    expect(queue.latest(0)).toBeUndefined();
    queue.push(frame(1).subarray(0, 4), () => 10);
    queue.push(Uint8Array.of(1, 1, 2, 2), () => 10);
    expect(queue.latest(9)).toBeUndefined();
    expect(queue.latest(10)?.data).toEqual(frame(1));
    queue.push(frame(2).subarray(2), () => 20);
    expect(queue.latest(19)?.data).toEqual(frame(1));
    expect(queue.latest(1e9)).toEqual({ width: 2, height: 2, data: frame(2) });
  });

  it('of several that are due the newest is shown', () => {
    const queue = new PictureQueue(2, 2);
    let dueMs = 0;
    queue.push(Uint8Array.from([...frame(1), ...frame(2), ...frame(3)]), () => ++dueMs);
    expect(queue.latest(2)?.data).toEqual(frame(2));
    expect(queue.latest(3)?.data).toEqual(frame(3));
  });

  it('beyond three waiting pictures the oldest is shown early; buffers are reused, never short', () => {
    const queue = new PictureQueue(2, 2);
    const buffers = new Set<Uint8Array>();
    for (let n = 1; n <= 100; n++) {
      queue.push(frame(n), () => 1e9);
      const shown = queue.latest(0);
      expect(shown?.data).toEqual(n > 3 ? frame(n - 3) : undefined);
      if (shown !== undefined) buffers.add(shown.data);
    }
    expect(buffers.size).toBe(5);
  });

  it('restart forgets half a picture', () => {
    const queue = new PictureQueue(2, 2);
    queue.push(frame(1).subarray(0, 3), () => 0);
    queue.restart();
    queue.push(frame(2), () => 0);
    expect(queue.latest(0)?.data).toEqual(frame(2));
  });
});

describe('DueTimes', () => {
  it('pictures take the times of their frames in order, unknown ones are due at once', () => {
    const times = new DueTimes();
    times.push(100, 70);
    times.push(133, 103);
    expect([times.take(75), times.take(108), times.take(110)]).toEqual([100, 133, -Infinity]);
  });

  it('a frame that gave no picture within a second is forgotten', () => {
    const times = new DueTimes();
    times.push(100, 70);
    times.push(1500, 1470);
    expect(times.take(1480)).toBe(1500);
  });
});
