import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Limiter, limiterCeilingRatio, limiterDelaySampleCount } from '../../../../src/mixer/audio/limiter.ts';
import { SlidingMinimum } from '../../../../src/mixer/audio/sliding-minimum.ts';

function stereo(sampleCount: number, at: (index: number) => number): Float32Array {
  const samples = new Float32Array(2 * sampleCount);
  for (let index = 0; index < sampleCount; index++) samples[2 * index] = samples[2 * index + 1] = at(index);
  return samples;
}

const peakOf = (samples: Float32Array) => samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);
const tone = (hz: number, amplitude: number) => (index: number) =>
  amplitude * Math.sin((2 * Math.PI * hz * index) / 48_000);

describe('SlidingMinimum', () => {
  it('push gives the minimum of the last N values for any input', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
        fc.integer({ min: 1, max: 9 }),
        (values, length) => {
          const minimum = new SlidingMinimum(length);
          values.forEach((value, index) =>
            expect(minimum.push(value)).toBe(Math.min(...values.slice(Math.max(0, index - length + 1), index + 1))),
          );
        },
      ),
    );
  });
});

describe('Limiter', () => {
  it('process passes anything below the ceiling unchanged, 240 samples later', () => {
    const input = stereo(4800, tone(440, 0.8));
    const output = input.slice();
    new Limiter().process(output);
    expect(output.subarray(2 * limiterDelaySampleCount)).toEqual(
      input.subarray(0, input.length - 2 * limiterDelaySampleCount),
    );
  });

  it('process keeps silence exactly silent', () => {
    const samples = new Float32Array(9600);
    new Limiter().process(samples);
    expect(samples.every((sample) => sample === 0)).toBe(true);
  });

  it('process never exceeds the ceiling, whatever comes in', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -20, max: 20, noNaN: true }), { minLength: 2, maxLength: 2000 }),
        (values) => {
          const samples = Float32Array.from(values.length % 2 === 0 ? values : values.slice(1));
          new Limiter().process(samples);
          expect(peakOf(samples)).toBeLessThanOrEqual(limiterCeilingRatio + 1e-6);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('process gives the same output for any division of the input into blocks', () => {
    const whole = stereo(9600, tone(300, 3));
    const divided = whole.slice();
    new Limiter().process(whole);
    const limiter = new Limiter();
    for (let from = 0; from < divided.length; from += 2 * 700) limiter.process(divided.subarray(from, from + 2 * 700));
    expect(divided).toEqual(whole);
  });

  it('process turns the gain down before a burst without a step and returns to unity after it', () => {
    const samples = stereo(96_000, (index) => tone(1000, index > 24_000 && index < 36_000 ? 4 : 0.5)(index));
    new Limiter().process(samples);
    const steepest = 2 * Math.PI * (1000 / 48_000);
    for (let index = 2; index < samples.length; index += 2) {
      expect(Math.abs(samples[index]! - samples[index - 2]!)).toBeLessThan(steepest);
    }
    expect(peakOf(samples.subarray(2 * 90_000))).toBeCloseTo(0.5, 3);
  });

  it('process holds a steady loud tone at the ceiling with less than 1 % distortion', () => {
    const samples = stereo(96_000, tone(1000, 2));
    new Limiter().process(samples);
    const settled = samples.subarray(2 * 48_000);
    let inPhase = 0;
    let quadrature = 0;
    let power = 0;
    for (let index = 0; index < 48_000; index++) {
      const sample = settled[2 * index]!;
      inPhase += sample * Math.sin((2 * Math.PI * index) / 48);
      quadrature += sample * Math.cos((2 * Math.PI * index) / 48);
      power += sample * sample;
    }
    const fundamental = (2 * (inPhase ** 2 + quadrature ** 2)) / 48_000;
    expect((power - fundamental) / power).toBeLessThan(1e-4);
  });
});
