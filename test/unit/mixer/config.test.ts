import { describe, expect, it } from 'vitest';
import { mixerConfigSchema } from '../../../src/mixer/config.ts';

describe('mixerConfigSchema', () => {
  it('gives the defaults for an empty section', () => {
    expect(mixerConfigSchema.parse({})).toEqual({
      frameRate: 30,
      width: 1280,
      height: 720,
      videoBitsPerSec: 2_500_000,
      audioBitsPerSec: 96_000,
      playoutDelayMs: 250,
      ffmpegPath: 'ffmpeg',
    });
  });

  it('takes numbers as text, as they come from the environment', () => {
    expect(mixerConfigSchema.parse({ playoutDelayMs: '400', frameRate: '30' })).toMatchObject({ playoutDelayMs: 400 });
  });

  it.each([
    { playoutDelayMs: 99 },
    { playoutDelayMs: 801 },
    { frameRate: 25 },
    { width: 1920 },
    { ffmpegPath: '' },
    { fps: 30 },
  ])('refuses %j', (section) => {
    expect(mixerConfigSchema.safeParse(section).success).toBe(false);
  });
});
