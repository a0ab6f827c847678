/** The judge itself: each fault written into a good playlist is found under its own rule. */
import { describe, expect, it } from 'vitest';
import { renderMediaPlaylist } from '../../src/hls/origin/playlist-source.ts';
import { parseMediaPlaylist } from '../support/hls-playlist-parser.ts';
import { TestProgram } from '../support/hls-program.ts';
import { checkDelta, checkMedia, checkPlaylist, checkReload, checkRenditions } from '../support/hls-validator.ts';

const test = new TestProgram({ windowSec: 30 });
test.beginRun();
test.feed(34.8);
const render = (id = 'video', isDelta = false) =>
  renderMediaPlaylist(test.program, id, test.program.window(id)!, isDelta);
const good = render();
const goodAudio = render('audio');

function findings(text: string): string[] {
  try {
    return checkPlaylist(parseMediaPlaylist(text));
  } catch (error) {
    return [(error as Error).message];
  }
}

function edited(pattern: string | RegExp, replacement: string, text = good): string {
  const result = text.replace(pattern, replacement);
  expect(result).not.toBe(text);
  return result;
}

describe('checkPlaylist', () => {
  it('finds nothing in a good playlist', () => {
    expect([findings(good), findings(goodAudio)]).toEqual([[], []]);
  });

  it.each([
    [1, '#EXTM3U', '\ufeff#EXTM3U'],
    [2, 'CAN-BLOCK-RELOAD=YES', 'CAN-BLOCK-RELOAD = YES'],
    [2, 'DURATION=0.33333', 'DURATION=3.3e-1'],
    [3, '#EXT-X-VERSION:9', '#EXT-X-VERSION:9\n#EXT-X-VERSION:9'],
    [4, '#EXT-X-VERSION:9', '#EXT-X-VERSION:6'],
    [6, '#EXTINF:2.00000', '#EXTINF:2.60000'],
    [8, '#EXTINF:2.00000,\n', ''],
    [18, /#EXT-X-MAP.*\n/, ''],
    [22, /#EXT-X-PROGRAM-DATE-TIME.*\n/, ''],
    [23, /(#EXT-X-PROGRAM-DATE-TIME:.*)\.\d\d\dZ/, '$1.999Z'],
    [25, /#EXT-X-PART-INF.*\n/, ''],
    [27, 'PART-HOLD-BACK=1.026', 'PART-HOLD-BACK=0.7'],
    [27, 'CAN-SKIP-UNTIL=12', 'CAN-SKIP-UNTIL=6'],
    [28, 'CAN-BLOCK-RELOAD=YES,', ''],
    [29, 'PART-TARGET=0.342', 'PART-TARGET=0.333'],
    [30, /DURATION=0\.33333,URI="(\d+)\.1/, 'DURATION=0.20000,URI="$1.1'],
    [31, ',INDEPENDENT=YES', ''],
    [32, /#EXT-X-PART:.*\n/, ''],
    [35, /#EXT-X-PRELOAD-HINT.*\n/, ''],
    [34, '#EXTINF', '#EXT-X-PART:DURATION=2.00000,URI="x",INDEPENDENT=YES\n#EXTINF'],
  ])('finds a breach of rule %i', (rule, pattern, replacement) => {
    expect(findings(edited(pattern, replacement)).join('\n')).toContain(`rule ${rule}:`);
  });
});

describe('checkReload', () => {
  const before = parseMediaPlaylist(good);
  it.each([
    [7, 'TARGETDURATION:2', 'TARGETDURATION:3'],
    [9, /MEDIA-SEQUENCE:\d+/, 'MEDIA-SEQUENCE:0'],
    [9, '#EXTINF:2.00000', '#EXTINF:1.99999'],
    [10, /(URI="\d+\.)1\.m4s/, '$19.m4s'],
    [16, 'DISCONTINUITY-SEQUENCE:0', 'DISCONTINUITY-SEQUENCE:1'],
    [23, /(#EXT-X-PROGRAM-DATE-TIME:.*)\.\d\d\dZ/, '$1.001Z'],
    [25, 'PART-TARGET=0.342', 'PART-TARGET=0.343'],
  ])('finds a breach of rule %i', (rule, pattern, replacement) => {
    const after = parseMediaPlaylist(edited(pattern, replacement));
    expect(checkReload(before, after).join('\n')).toContain(`rule ${rule}:`);
  });

  it('finds a change after the end (rule 64)', () => {
    const ended = `${good}#EXT-X-ENDLIST\n`;
    expect(checkReload(parseMediaPlaylist(ended), parseMediaPlaylist(good)).join('\n')).toContain('rule 64:');
  });
});

describe('checkDelta', () => {
  it('finds a delta update that skips too much (rules 38 and 40)', () => {
    const delta = render('video', true);
    expect(checkDelta(good, delta, good)).toEqual([]);
    const more = delta.replace(
      /SKIPPED-SEGMENTS=(\d+)/,
      (_tag, count: string) => `SKIPPED-SEGMENTS=${Number(count) + 1}`,
    );
    expect(checkDelta(good, more, good).join('\n')).toContain('rule 40:');
  });
});

describe('checkRenditions', () => {
  it('finds renditions that are not in step (rules 26, 36, 37)', () => {
    const behind = edited(/#EXT-X-PART:[^\n]*\n#EXT-X-PRELOAD/, '#EXT-X-PRELOAD', goodAudio);
    const other = edited('HOLD-BACK=6', 'HOLD-BACK=7', behind);
    const text = checkRenditions([parseMediaPlaylist(good), parseMediaPlaylist(other)]).join('\n');
    expect(text).toContain('rule 26:');
    expect(text).toContain('rule 36:');
    expect(text).toContain('rule 37:');
  });
});

describe('checkMedia', () => {
  const window = test.program.window('video')!;
  const fetched = parseMediaPlaylist(good)
    .segments.slice(-2)
    .map((segment) => {
      const stored = window.segment(segment.mediaSequenceNumber)!;
      const parts = stored.parts.map(({ bytes }) => bytes);
      return { segment, init: window.init(0)!, bytes: Buffer.concat(parts), parts };
    });

  it('finds nothing in good media', () => {
    expect(checkMedia(fetched)).toEqual([]);
  });

  it('finds a missing part (rules 8, 32 and 70) and a late keyframe (rule 71)', () => {
    const [first, second] = fetched as [(typeof fetched)[0], (typeof fetched)[0]];
    const cut = Buffer.concat(first.parts.slice(0, 5));
    const missing = checkMedia([{ ...first, bytes: cut }, second]).join('\n');
    for (const rule of [8, 32, 70]) expect(missing).toContain(`rule ${rule}:`);
    const late = { ...first, parts: [], bytes: Buffer.concat(first.parts.slice(1)) };
    expect(checkMedia([late]).join('\n')).toContain('rule 71:');
  });
});
