import { describe, expect, it } from 'vitest';
import { encoderArguments } from '../../../../src/mixer/ffmpeg/encoder-command.ts';
import { testRunOptions } from '../../../support/mixer/run-options.ts';

const after = (args: readonly string[], name: string, from = 0) => args[args.indexOf(name, from) + 1];

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

  it('never carries text that people typed', () => {
    expect(encoderArguments(testRunOptions({ title: "';drawtext=" })).join(' ')).not.toContain('drawtext');
  });
});
