import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainCueText, type WebVttCue, writeWebVtt, writeWebVttSegment } from '../../../../src/media/webvtt/index.ts';
import { parseWebVtt } from '../../../support/webvtt-parser.ts';

const cue = (text: string, startMs = 12_345, endMs = 14_000): WebVttCue => ({ cueId: 'c1', startMs, endMs, text });
const linesOf = (text: string) => parseWebVtt(writeWebVtt([cue(plainCueText(text))])).cues[0]!.lines;

describe('writeWebVttSegment', () => {
  it('puts the map directly below the header and a blank line behind it', () => {
    expect(writeWebVttSegment([cue('Hello & <b>welcome</b>')])).toBe(
      'WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n\n' +
        'c1\n00:00:12.345 --> 00:00:14.000\nHello &amp; &lt;b&gt;welcome&lt;/b&gt;\n\n',
    );
  });

  it('is the header alone without cues', () => {
    expect(writeWebVttSegment([])).toBe('WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n\n');
  });

  it('counts hours beyond two digits', () => {
    expect(writeWebVtt([cue('late', 360_000_000, 363_661_001)])).toContain('100:00:00.000 --> 101:01:01.001');
  });
});

describe('plainCueText', () => {
  it.each([
    ['  two\r\n\r\nlines\t and  blanks ', 'two lines and blanks'],
    ['a\u202eb\u2066c\u0000d\ud800e', 'abcde'],
    ['e\u0301', '\u00e9'],
    ['\n \u2028', ''],
  ])('makes one clean line of %j', (text, plain) => {
    expect(plainCueText(text)).toBe(plain);
  });
});

describe('the lines of a cue', () => {
  it('breaks between words at 42 columns, punctuation with its word', () => {
    expect(linesOf('The quick brown fox jumps over the lazy dogs, and then it does all of that once more.')).toEqual([
      'The quick brown fox jumps over the lazy',
      'dogs, and then it does all of that once',
      'more.',
    ]);
  });

  it('counts wide characters twice and breaks Chinese without spaces', () => {
    const lines = linesOf('我们今天讨论的是如何让所有人都能够看懂网络研讨会的内容以及字幕应该怎样显示');
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.every((line) => [...line].length <= 21)).toBe(true);
  });

  it('cuts a word that is longer than a line', () => {
    expect(linesOf('x'.repeat(100)).map(({ length }) => length)).toEqual([42, 42, 16]);
  });
});

describe('any text', () => {
  const hostile = fc.constantFrom(
    '-->',
    '\n',
    '\r\n\r\n',
    'WEBVTT',
    'NOTE ',
    'STYLE\n',
    '<c.x>',
    '&',
    '&lt;',
    '\u2028',
    '\u202e',
    '00:00:01.000 --> 00:00:09.000 line:0',
    '🇩🇪',
    '字',
  );
  const anyText = fc
    .array(fc.oneof(hostile, fc.string({ unit: 'binary', maxLength: 40 })), { maxLength: 12 })
    .map((pieces) => plainCueText(pieces.join('')));

  it('gives a file that is well formed, with the cues and the times that went in and nothing else', () => {
    fc.assert(
      fc.property(
        fc.array(
          anyText.filter((text) => text !== ''),
          { maxLength: 8 },
        ),
        fc.integer({ min: 0, max: 200_000_000 }),
        (texts, firstMs) => {
          const cues = texts.map((text, index) => ({
            cueId: `c${index}`,
            startMs: firstMs + index * 997,
            endMs: firstMs + index * 997 + 1500,
            text,
          }));
          const segment = parseWebVtt(writeWebVttSegment(cues));
          expect(segment.headerLines).toEqual(['X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0']);
          expect(parseWebVtt(writeWebVtt(cues))).toEqual({ headerLines: [], cues: segment.cues });
          const withoutSpaces = (text: string) => text.replace(/\s/gu, '');
          expect(
            segment.cues.map(({ cueId, startMs, endMs, lines }) => ({
              cueId,
              startMs,
              endMs,
              text: withoutSpaces(lines.join('')),
            })),
          ).toEqual(cues.map((one) => ({ ...one, text: withoutSpaces(one.text) })));
          expect(segment.cues.every(({ lines }) => lines.every((line) => line.length <= 500))).toBe(true);
        },
      ),
    );
  });
});
