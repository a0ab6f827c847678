import { describe, expect, it } from 'vitest';
import { driftMsPerHour, sawPeriodMs, type Skew, TonePurity } from '../../support/av-sync/index.ts';

const toneHz = 3330;
const tone = (sampleCount: number, hz = toneHz, level = 0.02): Float32Array =>
  Float32Array.from({ length: sampleCount }, (_, n) => level * Math.sin((2 * Math.PI * hz * n) / 48_000));

function glitchesIn(samples: Float32Array): number[] {
  const purity = new TonePurity({ toneHz, isJudged: () => true });
  purity.push(samples, 0);
  return purity.glitches.map(({ atMs }) => atMs);
}

/** What a splice leaves: `keep` samples, then from `resumeAt` on. */
const spliced = (samples: Float32Array, keep: number, resumeAt: number): Float32Array =>
  Float32Array.of(...samples.subarray(0, keep), ...samples.subarray(resumeAt));

describe('TonePurity', () => {
  it.each([0, 200, -200])('finds nothing in a tone whose clock is %i ppm off', (ppm) => {
    expect(glitchesIn(tone(96_000, toneHz * (1 + ppm / 1e6)))).toEqual([]);
  });

  it('finds nothing in a tone that grows by 1 dB per second, and tells its level', () => {
    const samples = tone(96_000).map((sample, n) => sample * 10 ** (n / 48_000 / 20));
    expect(glitchesIn(samples)).toEqual([]);
    const purity = new TonePurity({ toneHz, isJudged: () => true });
    purity.push(tone(48_000), 0);
    expect(purity.level).toBeCloseTo(0.02, 3);
    expect(purity.judgedMs).toBeCloseTo(1000, -2);
  });

  it.each([
    ['one sample is left out', spliced(tone(48_000), 24_000, 24_001)],
    ['one sample is repeated', spliced(tone(48_000), 24_000, 23_999)],
    ['a packet is left out', spliced(tone(48_000), 24_000, 24_960)],
    ['5 ms are silent', tone(48_000).fill(0, 24_000, 24_240)],
  ])('finds where %s, once', (_, samples) => {
    const found = glitchesIn(samples);
    expect(found).toHaveLength(1);
    expect(Math.abs(found[0]! - 500)).toBeLessThan(15);
  });

  it('leaves out what is not to be judged', () => {
    const purity = new TonePurity({ toneHz, isJudged: (atMs) => atMs < 450 || atMs > 550 });
    purity.push(tone(48_000).fill(0, 23_000, 25_000), 0);
    expect(purity.glitches).toEqual([]);
  });
});

describe('driftMsPerHour', () => {
  /** Flashes once a second of a clock that slides past program frames, shown on the next frame, beside sound that drifts. */
  const skewsOf = (options: { sec: number; ppm: number; driftMsPerHour: number; phaseMs: number }): Skew[] =>
    Array.from({ length: options.sec }, (_, second) => {
      const atMs = second * 1000;
      const captureMs = options.phaseMs + atMs * (1 + options.ppm / 1e6);
      const shownMs = Math.ceil((captureMs - 500 / 30) / (1000 / 30)) * (1000 / 30);
      return { atMs, skewMs: shownMs - captureMs + (options.driftMsPerHour * atMs) / 3_600_000 };
    });

  it.each([200, -200])('finds the drift under the saw of rounding to frames, %i ppm, wherever it begins', (ppm) => {
    for (const drift of [0, 5, -20]) {
      for (let phaseMs = 0; phaseMs < 33; phaseMs += 4) {
        const skews = skewsOf({ sec: 1800, ppm, driftMsPerHour: drift, phaseMs });
        expect(Math.abs(driftMsPerHour(skews, sawPeriodMs(ppm, 30)) - drift)).toBeLessThan(1);
      }
    }
  });

  it('a line through single events is off by more', () => {
    const errors = [0, 8, 16, 24].map((phaseMs) =>
      Math.abs(driftMsPerHour(skewsOf({ sec: 1800, ppm: 200, driftMsPerHour: 0, phaseMs }))),
    );
    expect(Math.max(...errors)).toBeGreaterThan(1);
  });

  it('goes through the events when there are fewer than two whole teeth', () => {
    const skews = [0, 1, 2].map((second) => ({ atMs: second * 1000, skewMs: second }));
    expect(driftMsPerHour(skews, sawPeriodMs(200, 30))).toBeCloseTo(3_600_000 / 1000, 6);
  });
});
