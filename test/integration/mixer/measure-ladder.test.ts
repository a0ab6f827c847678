/** The measurement before the start, with the real encoder on a small canvas. */
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { measureLadder, type MeasureOptions } from '../../../src/mixer/admission/measure-ladder.ts';
import { childPids } from '../../support/mixer/child-pids.ts';

const small: MeasureOptions = {
  canvas: { width: 640, height: 360, frameRate: 25 },
  ladder: [
    { width: 640, height: 360, bitsPerSec: 800_000 },
    { width: 320, height: 180, bitsPerSec: 200_000 },
  ],
  audioBitsPerSec: 96_000,
  ffmpegPath: 'ffmpeg',
  clock: systemClock,
  logger: silentLogger,
};

describe('measureLadder', () => {
  it('tells cores and speed, reports its progress, and leaves no process behind', async () => {
    const before = childPids(process.pid);
    const ratios: number[] = [];
    const cost = await measureLadder({ ...small, onProgress: (ratio) => ratios.push(ratio) });
    expect(cost.encodeCores).toBeGreaterThan(0);
    expect(cost.encodeCores).toBeLessThan(16);
    expect(cost.realTimeRatio).toBeGreaterThan(0);
    expect(ratios.at(-1)).toBe(1);
    expect(ratios).toEqual(ratios.toSorted((a, b) => a - b));
    expect(childPids(process.pid).filter((pid) => !before.includes(pid))).toEqual([]);
  });

  it('throws MIXER_ADMISSION_FAILED when there is no FFmpeg', async () => {
    await expect(measureLadder({ ...small, ffmpegPath: '/nowhere/ffmpeg' })).rejects.toMatchObject({
      code: 'MIXER_ADMISSION_FAILED',
      details: { cause: 'MIXER_ENCODER_DIED' },
    });
  });
});
