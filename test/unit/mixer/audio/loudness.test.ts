import { describe, expect, it } from 'vitest';
import { KWeighting } from '../../../../src/mixer/audio/k-weighting.ts';
import { LoudnessMeter } from '../../../../src/mixer/audio/loudness-meter.ts';
import { sineDb, speechLike, stereo } from '../../../support/mixer/sound.ts';

const sec = 48_000;
const gateLufs = -70;

function meterOf(...spans: Float32Array[]): LoudnessMeter {
  const meter = new LoudnessMeter();
  for (const span of spans) meter.push(span);
  return meter;
}

const silence = (sampleCount: number) => new Float32Array(2 * sampleCount);

describe('LoudnessMeter', () => {
  it.each([-23, -33])(
    'measures a 1 kHz sine of %d dBFS in both channels as that many LUFS (EBU Tech 3341, 1 and 2)',
    (db) => {
      const meter = meterOf(stereo(sineDb(1000, db), 4 * sec));
      expect(Math.abs(meter.shortTermLufs(gateLufs) - db)).toBeLessThan(0.1);
      expect(Math.abs(meter.momentaryLufs - db)).toBeLessThan(0.1);
      expect(Math.abs(meter.stepLufs - db)).toBeLessThan(0.1);
    },
  );

  it('measures a sine in one channel 3 dB lower', () => {
    const samples = stereo(sineDb(1000, -23), 4 * sec).map((sample, index) => (index % 2 === 0 ? sample : 0));
    expect(meterOf(samples).shortTermLufs(gateLufs)).toBeCloseTo(-26, 1);
  });

  it('leaves pauses out of the short-term loudness by the relative gate', () => {
    const meter = meterOf(stereo(sineDb(1000, -23), 1.5 * sec), stereo(sineDb(1000, -43), 1.5 * sec));
    // Three of the gating blocks lie across the step.
    expect(meter.shortTermLufs(gateLufs)).toBeGreaterThan(-24);
  });

  it('has no loudness in silence, below the gate and before the first step', () => {
    expect(new LoudnessMeter().shortTermLufs(gateLufs)).toBe(-Infinity);
    expect(new LoudnessMeter().momentaryLufs).toBe(-Infinity);
    expect(meterOf(silence(4 * sec)).shortTermLufs(gateLufs)).toBe(-Infinity);
    expect(meterOf(stereo(sineDb(1000, -50), 4 * sec)).shortTermLufs(-42)).toBe(-Infinity);
  });

  it('forgets what is older than 3 s', () => {
    const meter = meterOf(stereo(sineDb(1000, -10), 4 * sec), stereo(sineDb(1000, -30), 3.5 * sec));
    expect(meter.shortTermLufs(gateLufs)).toBeCloseTo(-30, 1);
  });

  it('measures the same for any division into spans and counts the steps of 100 ms', () => {
    const samples = stereo(speechLike(-23), 2 * sec);
    const whole = meterOf(samples);
    const divided = new LoudnessMeter();
    let stepCount = 0;
    for (let from = 0; from < samples.length; from += 2 * 1777)
      stepCount += divided.push(samples.subarray(from, from + 2 * 1777));
    expect(stepCount).toBe(20);
    expect(divided.shortTermLufs(gateLufs)).toBeCloseTo(whole.shortTermLufs(gateLufs), 6);
  });

  it('is not harmed by sound that is no number', () => {
    const meter = meterOf(new Float32Array(2 * sec).fill(NaN), stereo(sineDb(1000, -23), 4 * sec));
    expect(meter.shortTermLufs(gateLufs)).toBeCloseTo(-23, 1);
  });
});

describe('KWeighting', () => {
  it('energyOf filters equal channels once with the result of filtering both', () => {
    const mono = stereo(speechLike(-20), sec);
    const almost = mono.map((sample, index) => (index === 1 ? sample + 1e-6 : sample));
    const ratio = new KWeighting().energyOf(mono, 0, sec) / new KWeighting().energyOf(almost, 0, sec);
    expect(ratio).toBeCloseTo(1, 5);
  });

  it('energyOf returns to one filter behind a stereo moment without a jump', () => {
    const samples = stereo(speechLike(-20), 3 * sec).map((sample, index) =>
      index % 2 === 1 && index < sec ? 0 : sample,
    );
    const weighting = new KWeighting();
    const [, second, third] = [0, 1, 2].map((at) => weighting.energyOf(samples, at * sec, (at + 1) * sec));
    const fresh = new KWeighting();
    const [, expectedSecond, expectedThird] = [0, 1, 2].map((at) =>
      fresh.energyOf(stereo(speechLike(-20), 3 * sec), at * sec, (at + 1) * sec),
    );
    expect(second! / expectedSecond!).toBeCloseTo(1, 2);
    expect(third! / expectedThird!).toBeCloseTo(1, 6);
  });
});
