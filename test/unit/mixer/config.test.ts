import { describe, expect, it } from 'vitest';
import { ladderOf, mixerConfigSchema } from '../../../src/mixer/config.ts';
import { ladderText } from '../../../src/mixer/ladder/ladder.ts';

describe('mixerConfigSchema', () => {
  it('gives the defaults for an empty section', () => {
    expect(mixerConfigSchema.parse({})).toEqual({
      frameRate: 30,
      width: 1280,
      height: 720,
      admission: 'measure',
      sandbox: 'best-effort',
      audioBitsPerSec: 96_000,
      playoutDelayMs: 350,
      ffmpegPath: 'ffmpeg',
    });
  });

  it('takes numbers as text, as they come from the environment', () => {
    expect(mixerConfigSchema.parse({ playoutDelayMs: '400', frameRate: '30' })).toMatchObject({ playoutDelayMs: 400 });
  });

  it.each([
    { playoutDelayMs: 249 },
    { playoutDelayMs: 801 },
    { frameRate: 50 },
    { width: 1920 },
    { height: 1080 },
    { ffmpegPath: '' },
    { fps: 30 },
  ])('refuses %j', (section) => {
    expect(mixerConfigSchema.safeParse(section).success).toBe(false);
  });
});

describe('mixerConfigSchema, ladder', () => {
  const ladder = (value: unknown, canvas = {}) => mixerConfigSchema.safeParse({ ...canvas, ladder: value });
  const fullHd = { width: 1920, height: 1080 };

  it('is 720p, 432p and 234p by default, and 1080p above them on the large canvas', () => {
    const heights = (section: object) => ladderOf(mixerConfigSchema.parse(section)).map(({ height }) => height);
    expect(heights({})).toEqual([720, 432, 234]);
    expect(heights(fullHd)).toEqual([1080, 720, 432, 234]);
    expect(ladderOf(mixerConfigSchema.parse({})).map(({ bitsPerSec }) => bitsPerSec)).toEqual([
      2_500_000, 1_000_000, 350_000,
    ]);
  });

  it('takes a list, and the same as text', () => {
    const list = [
      { width: 1280, height: 720, bitsPerSec: 3_000_000 },
      { width: 854, height: 480, bitsPerSec: 900_000 },
    ];
    expect(ladder(list)).toMatchObject({ success: true, data: { ladder: list } });
    expect(ladder('1280x720:3000000, 854x480:900000')).toMatchObject({ success: true, data: { ladder: list } });
    expect(ladderText(list)).toBe('1280x720:3000000,854x480:900000');
  });

  it.each([
    ['no rung', []],
    ['an empty text', ''],
    ['what is no rung', '720p'],
    ['a rung without bits', '1280x720'],
    [
      'too many rungs',
      Array.from({ length: 7 }, (_, index) => `${1280 - 160 * index}x${720 - 90 * index}:${900_000 - index}`).join(','),
    ],
    ['an odd side', '1280x720:2500000,767x431:1000000'],
    ['another shape', '960x720:2500000'],
    ['a size above the canvas', '1920x1080:4500000'],
    ['sizes that rise', '768x432:1000000,1280x720:500000'],
    ['a size twice', '1280x720:2500000,1280x720:1000000'],
    ['bits that do not fall', '1280x720:2500000,768x432:2500000'],
    ['too few bits', '1280x720:49999'],
    ['an unknown key', [{ width: 1280, height: 720, bitsPerSec: 2_500_000, codec: 'vp9' }]],
  ])('refuses %s', (_name, value) => {
    expect(ladder(value).success).toBe(false);
  });

  it('says what is wrong with which rung', () => {
    const { error } = ladder('1280x720:2500000,1024x600:1000000');
    expect(error?.issues).toMatchObject([
      { path: ['ladder'], message: '1024x600 does not have the shape of the 1280x720 canvas' },
    ]);
  });
});
