import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Limiter, limiterCeilingRatio, limiterDelaySampleCount } from '../../../../src/mixer/audio/limiter.ts';
import { SlidingMinimum } from '../../../../src/mixer/audio/sliding-minimum.ts';
import { channelOf, distortionDb, sine, speechLike, stereo } from '../../../support/mixer/sound.ts';

const peakOf = (samples: Float32Array) => samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);
const noMoreThan = (db: number) => 10 ** (db / 20);

/** The limited sound with the limiter's delay taken off. */
function limited(input: Float32Array): Float32Array {
  const output = new Float32Array(input.length + 2 * limiterDelaySampleCount);
  output.set(input);
  new Limiter().process(output);
  return output.subarray(2 * limiterDelaySampleCount);
}

/** Peak between the samples, by exact interpolation to 16 times the rate: far finer than the limiter's own estimate. */
function truePeakOf(samples: Float32Array): number {
  const channel = channelOf(samples, 0);
  const reach = 32;
  let peak = 0;
  for (let index = reach; index < channel.length - reach; index++) {
    for (let part = 0; part < 16; part++) {
      const at = part / 16;
      let sum = 0;
      for (let tap = -reach + 1; tap <= reach; tap++) {
        const distance = tap - at;
        const window = 0.5 + 0.5 * Math.cos((Math.PI * distance) / (reach + 1));
        const sinc = distance === 0 ? 1 : Math.sin(Math.PI * distance) / (Math.PI * distance);
        sum += channel[index + tap]! * sinc * window;
      }
      peak = Math.max(peak, Math.abs(sum));
    }
  }
  return peak;
}

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
  it.each([60, 440, 1000, 6000, 12_000])(
    'process passes a tone of %d Hz at -2.6 dBFS unchanged, 250 samples later',
    (hz) => {
      const input = stereo(sine(hz, noMoreThan(-2.6)), 9600);
      expect(limiterDelaySampleCount).toBe(250);
      expect(limited(input)).toEqual(input);
    },
  );

  it('process keeps silence exactly silent', () => {
    expect(limited(new Float32Array(9600)).every((sample) => sample === 0)).toBe(true);
  });

  it('process never lets a sample exceed the ceiling, whatever comes in', () => {
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

  it('process holds peaks between the samples at the ceiling: a quarter of the rate, 45 degrees off', () => {
    const input = stereo((index) => Math.SQRT1_2 * 1.3 * Math.sign(Math.sin((Math.PI / 2) * (index + 0.5))), 4800);
    expect(truePeakOf(input)).toBeGreaterThan(1.25);
    expect(truePeakOf(limited(input).subarray(0, 9000))).toBeLessThanOrEqual(limiterCeilingRatio);
  });

  it.each([
    ['full-scale tones', (index: number) => sine(997, 1)(index) + sine(1511, 1)(index) + sine(3001, 1)(index)],
    ['loud speech', speechLike(-3)],
    ['bursts', (index: number) => (index % 3000 < 40 ? 2 : 0.1) * sine(5000, 1)(index)],
  ])('process holds the true peak of %s at -1.5 dBTP', (_name, voice) => {
    expect(truePeakOf(limited(stereo(voice, 12_000)))).toBeLessThanOrEqual(limiterCeilingRatio);
  });

  it('process gives the same output for any division of the input into blocks', () => {
    const voice = (index: number) => (index > 4000 && index < 5000 ? 3 : 0.3) * sine(300, 1)(index);
    const whole = stereo(voice, 14_400);
    const divided = whole.slice();
    new Limiter().process(whole);
    const limiter = new Limiter();
    for (let from = 0; from < divided.length; from += 2 * 700) limiter.process(divided.subarray(from, from + 2 * 700));
    expect(divided).toEqual(whole);
  });

  it('process turns the gain down before a burst without a step and returns to unity after it', () => {
    const samples = limited(
      stereo((index) => (index > 24_000 && index < 36_000 ? 4 : 0.5) * sine(1000, 1)(index), 96_000),
    );
    const steepest = 2 * Math.PI * (1000 / 48_000);
    for (let index = 2; index < samples.length; index += 2) {
      expect(Math.abs(samples[index]! - samples[index - 2]!)).toBeLessThan(steepest);
    }
    expect(peakOf(samples.subarray(2 * 80_000))).toBeCloseTo(0.5, 3);
  });

  it.each([
    [85, -40],
    [200, -60],
    [1000, -60],
    [3000, -60],
  ])('process distorts a tone of %d Hz at +6 dBFS by less than %d dB', (hz, db) => {
    const settled = channelOf(limited(stereo(sine(hz, 2), 96_000)), 0).subarray(48_000 - 240, 96_000 - 240);
    expect(distortionDb(settled, hz)).toBeLessThan(db);
  });
});
