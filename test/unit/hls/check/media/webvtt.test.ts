/** WebVTT segments: what their cues say, and how little of a hostile one is kept. */
import { describe, expect, it } from 'vitest';
import { readWebvtt } from '../../../../../src/hls/check/media/webvtt.ts';

const read = (...lines: readonly string[]) => readWebvtt(Buffer.from(lines.join('\n')));
const timing = '00:01.000 --> 00:02.000';

describe('readWebvtt', () => {
  it('ends a cue at a blank line, and at the next timing without one', () => {
    const { cues } = read('WEBVTT', '', timing, 'one', 'two', timing, 'three', '', 'NOTE none', '', timing, 'four');
    expect(cues.map(({ text }) => text)).toEqual(['one\ntwo', 'three', 'four']);
  });

  it('keeps no line of a hostile file twice: cues without blank lines, and any number of lines behind them', () => {
    const file = Buffer.from(`WEBVTT\n${`${timing}\n`.repeat(5000)}${'a\n'.repeat(500_000)}`);
    const { cues } = readWebvtt(file);
    expect(cues).toHaveLength(5000);
    expect(cues.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(file.length);
  });

  it('reads the first 4 MiB', () => {
    const { cues } = read('WEBVTT', '', timing, 'a', '', 'a'.repeat(4 * 1024 * 1024), '', timing, 'b');
    expect(cues.map(({ text }) => text)).toEqual(['a']);
  });
});
