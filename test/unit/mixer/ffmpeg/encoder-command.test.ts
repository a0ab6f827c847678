import { describe, expect, it } from 'vitest';
import { encoderArguments } from '../../../../src/mixer/ffmpeg/encoder-command.ts';
import { testRunOptions } from '../../../support/mixer/run-options.ts';

const after = (args: readonly string[], name: string, from = 0) => args[args.indexOf(name, from) + 1];

const ladderRun = testRunOptions({
  video: [
    { renditionId: 'video-720p', width: 1280, height: 720, bitsPerSec: 2_500_000 },
    { renditionId: 'video-432p', width: 768, height: 432, bitsPerSec: 1_000_000 },
    { renditionId: 'video-234p', width: 416, height: 234, bitsPerSec: 350_000 },
  ],
  audio: [
    { renditionId: 'audio-main', bitsPerSec: 96_000, channelId: 'main' },
    { renditionId: 'audio-fr', bitsPerSec: 96_000, channelId: 'fr', languageTag: 'fr', name: 'Français' },
  ],
});

describe('encoderArguments', () => {
  const args = encoderArguments(testRunOptions({ startTimeSec: 12 }));

  it('fixes the keyframe grid: GOP, no scene cuts, no B-frames', () => {
    expect([after(args, '-g'), after(args, '-keyint_min'), after(args, '-sc_threshold'), after(args, '-bf')]).toEqual([
      '60',
      '60',
      '0',
      '0',
    ]);
  });

  it('offsets video by the start time, and audio by it less its head start', () => {
    const video = args.indexOf('-output_ts_offset');
    expect(args[video + 1]).toBe('12.000000');
    expect(after(args, '-output_ts_offset', video + 1)).toBe('11.936000');
    expect(after(args, '-itsoffset')).toBe('0.064000');
  });

  it('reads two pipes and writes two', () => {
    expect(args.filter((arg) => arg.startsWith('pipe:'))).toEqual(['pipe:3', 'pipe:4', 'pipe:5', 'pipe:6']);
  });

  it('reads a pipe per audio channel and writes one per rendition, video first', () => {
    const ladder = encoderArguments(ladderRun);
    expect(ladder.filter((arg) => arg.startsWith('pipe:'))).toEqual(
      [3, 4, 5, 6, 7, 8, 9, 10].map((fd) => `pipe:${fd}`),
    );
    expect(ladder.filter((_, index) => ladder[index - 1] === '-map')).toEqual([
      '[v0]',
      '[v1]',
      '[v2]',
      '1:a:0',
      '2:a:0',
    ]);
  });

  it('gives x264 two threads above 720 lines and one below, whatever the host has', () => {
    const [top] = ladderRun.video;
    const large = { ...top!, renditionId: 'video-1080p', width: 1920, height: 1080 };
    const ladder = encoderArguments({ ...ladderRun, video: [large, ...ladderRun.video] });
    const encoders = ladder.flatMap((arg, index) => (arg === 'libx264' ? [index] : []));
    expect(encoders.map((from) => after(ladder, '-threads', from))).toEqual(['2', '1', '1', '1']);
  });

  it('scales each size from the one above it, and not at all in the size of the canvas', () => {
    expect(after(encoderArguments(ladderRun), '-filter_complex')).toBe(
      '[0:v:0]null,split[v0][s0];' +
        '[s0]scale=768:432:flags=bilinear,setsar=1,split[v1][s1];' +
        '[s1]scale=416:234:flags=bilinear,setsar=1[v2]',
    );
    const [, ...lower] = ladderRun.video;
    expect(after(encoderArguments({ ...ladderRun, video: lower }), '-filter_complex')).toMatch(
      /^\[0:v:0\]scale=768:432/,
    );
    expect(after(args, '-filter_complex')).toBe('[0:v:0]null[v0]');
  });

  it('gives every rung the same keyframe grid and its own ceiling', () => {
    const ladder = encoderArguments(ladderRun);
    const all = (name: string) => ladder.filter((_, index) => ladder[index - 1] === name);
    expect(all('-g')).toEqual(['60', '60', '60']);
    expect(all('-maxrate')).toEqual(['2500000', '1000000', '350000']);
    expect(all('-bufsize')).toEqual(all('-maxrate'));
    expect(all('-colorspace')).toEqual(['bt709', 'bt709', 'bt709']);
  });

  it('never carries text that people typed', () => {
    expect(encoderArguments(testRunOptions({ title: "';drawtext=" })).join(' ')).not.toContain('drawtext');
  });
});
