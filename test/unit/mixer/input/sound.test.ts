import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AudioPlacement } from '../../../../src/mixer/input/audio-placement.ts';
import { Concealment, maxConcealedSampleCount } from '../../../../src/mixer/input/concealment.ts';
import { SampleRing } from '../../../../src/mixer/input/sample-ring.ts';
import { SlowResampler } from '../../../../src/mixer/input/slow-resampler.ts';

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

/** Tone by packets of a microphone whose clock is off, placed and resampled as `AudioInput` does. */
function play(options: { toneHz: number; ppm: number; packetCount: number }) {
  const { toneHz, ppm, packetCount } = options;
  const placement = new AudioPlacement();
  const resampler = new SlowResampler();
  const output = new Float32Array(packetCount * 960 * 1.001 + 4800);
  let end: number | undefined;
  let seamCount = 0;
  for (let n = 0; n < packetCount; n++) {
    const truth = n * 960 * (1 + ppm / 1e6);
    const placed = placement.place(n * 960, 960, Math.round(truth), false);
    const input = Float32Array.from({ length: 1920 }, (_, index) =>
      Math.sin((2 * Math.PI * toneHz * (n * 960 + (index >> 1))) / 48_000),
    );
    const { first, samples } = resampler.resample(input, placed.position, placed.ratio, placed.isContinuous);
    if (first !== (end ?? first)) seamCount++;
    end = first + samples.length / 2;
    for (let sample = 0; sample < samples.length / 2; sample++) output[first + sample] = samples[2 * sample]!;
  }
  return { output: output.subarray(0, end), seamCount };
}

/** What is left of a span when the best sine of that frequency is taken out, in dB of the sine. */
function impurityDb(span: Float32Array, toneHz: number): number {
  const radians = (2 * Math.PI * toneHz) / 48_000;
  let [cosine, sine] = [0, 0];
  span.forEach((value, n) => {
    cosine += (2 * value * Math.cos(radians * n)) / span.length;
    sine += (2 * value * Math.sin(radians * n)) / span.length;
  });
  const rest = span.reduce(
    (sum, value, n) => sum + (value - cosine * Math.cos(radians * n) - sine * Math.sin(radians * n)) ** 2,
    0,
  );
  return 10 * Math.log10(rest / span.length / ((cosine ** 2 + sine ** 2) / 2));
}

describe('SlowResampler', () => {
  it('at ratio 1 and a whole position it gives back what went in, the last samples with the next packet', () => {
    const resampler = new SlowResampler();
    const noise = Float32Array.from({ length: 4 * 960 }, (_, index) => Math.sin(index * index));
    const out = [
      resampler.resample(noise.subarray(0, 1920), 500, 1, false),
      resampler.resample(noise.subarray(1920), 1460, 1, true),
    ];
    expect(out.map(({ first, samples }) => [first, samples.length / 2])).toEqual([
      [500, 952],
      [1452, 960],
    ]);
    const joined = [...out[0]!.samples, ...out[1]!.samples];
    expect(joined.every((value, index) => Math.abs(value - noise[index]!) < 1e-6)).toBe(true);
  });

  it.each([2.5, 5, 10, 20, 40, 60, 120])(
    'packets of %f ms at any ratio up to 0.5 %% have no seam and no gap',
    (packetMs) => {
      fc.assert(
        fc.property(fc.array(fc.double({ min: 0.995, max: 1.005, noNaN: true }), { maxLength: 40 }), (ratios) => {
          const resampler = new SlowResampler();
          const count = packetMs * 48;
          let position = 1000.25;
          let end = 1001;
          for (const [n, ratio] of ratios.entries()) {
            const { first, samples } = resampler.resample(new Float32Array(2 * count).fill(1), position, ratio, n > 0);
            expect(first).toBe(end);
            end = first + samples.length / 2;
            position += count * ratio;
            expect(Math.abs(position - end - 8)).toBeLessThan(1.1);
            expect(samples.every((value) => Math.abs(value - 1) < 1e-5)).toBe(true);
          }
        }),
        { numRuns: 30 },
      );
    },
  );

  it.each([
    [200, 1000],
    [-200, 1000],
    [500, 440],
    [-500, 440],
    [500, 8000],
  ])('a clock %i ppm off leaves a tone of %i Hz pure to -60 dB while it is corrected', (ppm, toneHz) => {
    const { output, seamCount } = play({ toneHz, ppm, packetCount: 1500 });
    expect(seamCount).toBe(0);
    for (let start = 20 * 48_000; start + 9600 < output.length; start += 9600) {
      const heardHz = toneHz / (1 + ppm / 1e6);
      expect(impurityDb(output.subarray(start, start + 9600), heardHz)).toBeLessThan(-60);
    }
  });
});

describe('AudioPlacement.place', () => {
  it('packets are placed by their RTP time, not by what the map jitters', () => {
    const placement = new AudioPlacement();
    const jitter = [0, 70, -60, 20, -90, 100];
    const placed = jitter.map((error, n) => placement.place(n * 960, 960, 5000 + n * 960 + error, false));
    expect(placed.map(({ position }) => Math.round(position))).toEqual([5000, 5960, 6920, 7880, 8840, 9800]);
    expect(placed.map(({ isContinuous }) => isContinuous)).toEqual([false, true, true, true, true, true]);
  });

  it('more than 200 ms off is a new anchor, and after silence any error is corrected at once', () => {
    const placement = new AudioPlacement();
    placement.place(0, 960, 0, false);
    expect(placement.place(960, 960, 960 + 9601, false)).toEqual({ position: 10_561, ratio: 1, isContinuous: false });
    expect(placement.place(1920, 960, 1920 + 9000, true)).toMatchObject({ position: 10_920, isContinuous: false });
  });

  it('a gap in RTP time (DTX, loss) stays as long as it is, whatever the packets around it last', () => {
    const placement = new AudioPlacement();
    const timestamps = [0, 960, 960 + 19_200, 960 + 19_200 + 2880];
    const counts = [960, 960, 2880, 480];
    const placed = timestamps.map((timestamp, n) => placement.place(timestamp, counts[n]!, timestamp + 77, false));
    expect(placed.map(({ position }) => position)).toEqual(timestamps.map((timestamp) => timestamp + 77));
    expect(placed.map(({ isContinuous }) => isContinuous)).toEqual([false, true, false, true]);
  });

  it.each([200, -200, 500, -500])(
    'drift of %i ppm for half an hour is worn off without a seam, the error stays under 2 ms',
    (ppm) => {
      const placement = new AudioPlacement();
      let next: number | undefined;
      let worst = 0;
      for (let n = 0; n < 90_000; n++) {
        const truth = n * 960 * (1 + ppm / 1e6);
        const { position, ratio, isContinuous } = placement.place(
          n * 960,
          960,
          Math.round(truth + ((n * 7919) % 97) - 48),
          false,
        );
        if (n > 0 && (!isContinuous || Math.abs(position - next!) > 1e-3)) throw new Error(`seam at packet ${n}`);
        next = position + 960 * ratio;
        worst = Math.max(worst, Math.abs(truth - position));
      }
      expect(worst / 48).toBeLessThan(2);
    },
  );

  it('an error of 100 ms is worn off at 0.5 %% at most, without overshooting', () => {
    const placement = new AudioPlacement();
    placement.place(0, 960, 0, false);
    let last = Infinity;
    for (let n = 1; n < 3000; n++) {
      const mapped = n * 960 + 4800;
      const { position, ratio } = placement.place(n * 960, 960, mapped, false);
      expect(Math.abs(ratio - 1)).toBeLessThanOrEqual(0.005);
      expect(mapped - position).toBeLessThanOrEqual(last + 1e-6);
      last = mapped - position;
      expect(last).toBeGreaterThan(-48);
    }
    expect(Math.abs(last)).toBeLessThan(5);
  });
});
