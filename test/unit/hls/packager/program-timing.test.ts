import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutAt, cutTicks } from '../../../../src/hls/packager/cut-grid.ts';
import { latencyProfileNames } from '../../../../src/hls/packager/latency-profile.ts';
import { programTiming } from '../../../../src/hls/packager/program-timing.ts';

const frameRates = [24, 25, 30_000 / 1001, 30, 50, 60];

describe('programTiming', () => {
  it('gives latency low at 30 fps the part target that holds 16 AAC frames', () => {
    expect(programTiming('low', 30)).toMatchObject({
      partFrameCount: 10,
      partsPerSegment: 6,
      partTargetSec: 0.342,
      partHoldBackSec: 1.026,
      targetDurationSec: 2,
      holdBackSec: 6,
      canSkipUntilSec: 12,
    });
  });

  it('gives latency ultra at 30 fps parts of 6 frames', () => {
    expect(programTiming('ultra', 30)).toMatchObject({ partFrameCount: 6, partsPerSegment: 10, partTargetSec: 0.214 });
  });
});

describe('cutAt and cutTicks', () => {
  it('make every part at most the part target and, inside a segment, at least 85 % of it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...latencyProfileNames),
        fc.constantFrom(...frameRates),
        fc.constantFrom('video' as const, 'audio' as const),
        fc.nat(100_000),
        (latency, frameRate, kind, cutIndex) => {
          const timing = programTiming(latency, frameRate);
          const cut = cutAt(timing, cutIndex);
          const startFrameCount = cutIndex === 0 ? 0 : cutAt(timing, cutIndex - 1).endFrameCount;
          const ticks = cutTicks(timing, kind, cut.endFrameCount) - cutTicks(timing, kind, startFrameCount);
          const durationSec = ticks / (kind === 'video' ? 90_000 : 48_000);
          expect(Number(durationSec.toFixed(5))).toBeLessThanOrEqual(timing.partTargetSec);
          if (!cut.isSegmentEnd) expect(durationSec).toBeGreaterThanOrEqual(0.85 * timing.partTargetSec);
          expect(durationSec).toBeGreaterThan(0);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('keep audio within half an AAC frame of video for a day', () => {
    const timing = programTiming('low', 30);
    const frames = 24 * 3600 * 30;
    const driftSec = cutTicks(timing, 'audio', frames) / 48_000 - cutTicks(timing, 'video', frames) / 90_000;
    expect(Math.abs(driftSec)).toBeLessThanOrEqual(512 / 48_000);
  });
});
