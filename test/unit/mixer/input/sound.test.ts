import { describe, expect, it } from 'vitest';
import { AudioPlacement } from '../../../../src/mixer/input/audio-placement.ts';
import { Concealment, maxConcealedSampleCount } from '../../../../src/mixer/input/concealment.ts';
import { SampleRing } from '../../../../src/mixer/input/sample-ring.ts';
import { stretch } from '../../../../src/mixer/input/stretch.ts';

const constant = (sampleCount: number, value: number): Float32Array => new Float32Array(2 * sampleCount).fill(value);

function read(ring: SampleRing, first: number, sampleCount: number): number[] {
  const target = new Float32Array(2 * sampleCount);
  ring.mixInto(target, first, sampleCount);
  return [...target].filter((_, index) => index % 2 === 0);
}

describe('SampleRing', () => {
  it('samples are found under their number, gaps and the unwritten are silence', () => {
    const ring = new SampleRing(16);
    expect(read(ring, 0, 2)).toEqual([0, 0]);
    ring.write(1000, constant(2, 1));
    ring.write(1004, constant(2, 2));
    expect(read(ring, 999, 8)).toEqual([0, 1, 1, 0, 0, 2, 2, 0]);
  });

  it('what is older than the ring is gone, and old laps never sound again', () => {
    const ring = new SampleRing(8);
    ring.write(0, constant(8, 1));
    ring.write(12, constant(2, 2));
    expect(read(ring, 0, 16)).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 2, 2, 0, 0]);
    ring.write(1e9, constant(1, 3));
    expect(read(ring, 1e9 - 7, 8)).toEqual([0, 0, 0, 0, 0, 0, 0, 3]);
  });

  it('mixInto adds to what is there', () => {
    const ring = new SampleRing(16);
    ring.write(0, constant(8, 1));
    const target = new Float32Array(16).fill(10);
    ring.mixInto(target, 4, 8);
    expect([...target].filter((_, index) => index % 2 === 1)).toEqual([11, 11, 11, 11, 10, 10, 10, 10]);
  });

  it('real sound fades in over concealment it replaces and ends the ring where it ends', () => {
    const ring = new SampleRing(4096);
    ring.write(0, constant(1000, 1));
    ring.write(500, constant(400, 0));
    const after = read(ring, 499, 402);
    expect(after[0]).toBe(1);
    expect(after[1]!).toBeGreaterThan(0.99);
    for (let index = 2; index < after.length; index++) expect(after[index]!).toBeLessThanOrEqual(after[index - 1]!);
    expect(ring.end).toBe(900);
    expect(read(ring, 899, 3)).toEqual([0, 0, 0]);
  });
});

describe('Concealment', () => {
  it('next repeats the last frame without a step, fading to nothing at 60 ms, then gives no more', () => {
    const concealment = new Concealment();
    expect(concealment.isExhausted).toBe(true);
    expect(concealment.next(100)).toHaveLength(0);
    const frame = Float32Array.from({ length: 1920 }, (_, index) => Math.sin((Math.floor(index / 2) / 960) * 20));
    concealment.heard(frame);
    const parts = [concealment.next(1600), concealment.next(1600), concealment.next(1600)];
    expect(parts.map((part) => part.length / 2)).toEqual([1600, maxConcealedSampleCount - 1600, 0]);
    expect(concealment.isExhausted).toBe(true);
    const left = [...frame.slice(-2), ...parts[0]!, ...parts[1]!].filter((_, index) => index % 2 === 0);
    for (let index = 1; index < left.length; index++) {
      expect(Math.abs(left[index]! - left[index - 1]!)).toBeLessThan(0.03);
      expect(Math.abs(left[index]!)).toBeLessThanOrEqual(1.001 - (index - 1) / maxConcealedSampleCount);
    }
  });
});

describe('stretch', () => {
  it('a line stays a line of the new length with the same ends', () => {
    const line = Float32Array.from({ length: 1920 }, (_, index) => Math.floor(index / 2));
    for (const sampleCount of [956, 964]) {
      const out = stretch(line, sampleCount);
      expect(out).toHaveLength(2 * sampleCount);
      expect([out[0], out.at(-1)]).toEqual([0, 959]);
      expect(out[2 * 400]).toBeCloseTo((400 * 959) / (sampleCount - 1), 2);
    }
    expect(stretch(line, 960)).toBe(line);
  });
});

describe('AudioPlacement.place', () => {
  it('packets are placed by their RTP time, not by what the map jitters', () => {
    const placement = new AudioPlacement();
    const jitter = [0, 70, -60, 20, -90, 100];
    const firsts = jitter.map((error, n) => placement.place(n * 960, 960, 5000 + n * 960 + error, false).first);
    expect(firsts).toEqual([5000, 5960, 6920, 7880, 8840, 9800]);
  });

  it('more than 200 ms off is a new anchor, and after silence any error is corrected at once', () => {
    const placement = new AudioPlacement();
    placement.place(0, 960, 0, false);
    expect(placement.place(960, 960, 960 + 9601, false).first).toBe(10_561);
    expect(placement.place(1920, 960, 1920 + 9000, true).first).toBe(10_920);
  });

  it('drift of 200 ppm for half an hour is worn off by at most 0.5 %, the error stays under 8 ms', () => {
    for (const ppm of [200, -200]) {
      const placement = new AudioPlacement();
      let worst = 0;
      let end: number | undefined;
      let seamCount = 0;
      let longestStretch = 0;
      for (let n = 0; n < 90_000; n++) {
        const mapped = Math.round(n * 960 * (1 + ppm / 1e6));
        const placed = placement.place(n * 960, 960, mapped, false);
        if (placed.first !== (end ?? placed.first)) seamCount++;
        end = placed.first + placed.sampleCount;
        longestStretch = Math.max(longestStretch, Math.abs(placed.sampleCount - 960));
        worst = Math.max(worst, Math.abs(mapped - placed.first));
      }
      expect(worst / 48).toBeLessThan(8);
      expect({ seamCount, longestStretch }).toEqual({ seamCount: 0, longestStretch: 4 });
    }
  });
});
