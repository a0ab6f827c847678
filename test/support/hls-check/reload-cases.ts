/** Faults between two loads of one playlist, in delta updates, and in how media keeps coming. */
import { Cadence } from '../../../src/hls/check/rules/cadence.ts';
import { checkDateRangeReload } from '../../../src/hls/check/rules/date-ranges.ts';
import { checkDelta } from '../../../src/hls/check/rules/delta.ts';
import { checkReload } from '../../../src/hls/check/rules/reload.ts';
import {
  type Case,
  edited,
  found,
  goodVideo,
  laterVideo,
  media,
  muchLaterDelta,
  muchLaterVideo,
} from './good-stream.ts';

export function between(before: string, after: string): string[] {
  return found((judge) => {
    checkReload(media(before), media(after), judge);
    checkDateRangeReload(media(before), media(after), judge);
  });
}

export function inDelta(delta: string, directive: 'YES' | 'v2' = 'YES', full = muchLaterVideo): string[] {
  return found((judge) =>
    checkDelta({ known: media(goodVideo), delta: media(delta), full: media(full), directive }, judge),
  );
}

const withRange = (text: string, range: string) =>
  edited(text, '#EXT-X-DISCONTINUITY-SEQUENCE:0', `#EXT-X-DISCONTINUITY-SEQUENCE:0${range}`);
const range = '\n#EXT-X-DATERANGE:ID="a",START-DATE="2026-01-01T00:00:20.000Z",DURATION=5';
const ended = `${goodVideo}#EXT-X-ENDLIST\n`;
const typed = (text: string, type: string) =>
  edited(text, '#EXT-X-MEDIA-SEQUENCE', `#EXT-X-PLAYLIST-TYPE:${type}\n#EXT-X-MEDIA-SEQUENCE`);

type Edit = readonly [rule: number, pattern: string | RegExp, replacement: string];
const laterEdits: readonly Edit[] = [
  [7, 'TARGETDURATION:2', 'TARGETDURATION:3'],
  [9, /MEDIA-SEQUENCE:\d+/, 'MEDIA-SEQUENCE:0'],
  [9, '#EXTINF:2.00000,\n9.m4s', '#EXTINF:1.99999,\n9.m4s'],
  [9, '\n9.m4s', '\n9.b.m4s'],
  [10, /(URI="16\.)1\.m4s/, '$19.m4s'],
  [10, /(#EXTINF:2.00000,\n9\.m4s)/, '#EXT-X-GAP\n$1'],
  [10, /#EXT-X-PROGRAM-DATE-TIME:[^\n]*\n(#EXT-X-PART:[^\n]*17[^\n]*\n)+/, ''],
  [16, 'DISCONTINUITY-SEQUENCE:0', 'DISCONTINUITY-SEQUENCE:1'],
  [23, /(#EXT-X-PROGRAM-DATE-TIME:.*)\.\d\d\dZ/, '$1.001Z'],
  [25, 'PART-TARGET=0.342', 'PART-TARGET=0.343'],
  [25, 'PART-HOLD-BACK=1.026', 'PART-HOLD-BACK=1.027'],
  [35, /(URI="17\.)2(\.m4s)/, '$12b$2'],
];
const deltaEdits: readonly Edit[] = [
  [38, /#EXT-X-SKIP:SKIPPED-SEGMENTS=(\d+)\n([^]*?\n\d+\.m4s\n)/, '#EXT-X-SKIP:SKIPPED-SEGMENTS=10\n'],
  [39, /#EXT-X-SKIP:SKIPPED-SEGMENTS=\d+/, '#EXT-X-SKIP:SKIPPED-SEGMENTS=0'],
  [40, /\.m4s\n#EXT-X-PROGRAM-DATE-TIME:([^\n]*)\.000Z/, '.m4s\n#EXT-X-PROGRAM-DATE-TIME:$1.003Z'],
  [40, 'DISCONTINUITY-SEQUENCE:0', 'DISCONTINUITY-SEQUENCE:1'],
];

/** A live playlist that gains nothing for so long. */
function silence(isBlocking: boolean, sinceMs: number): string[] {
  return found((judge) => {
    const cadence = new Cadence(judge, isBlocking);
    cadence.observe(media(goodVideo), 0);
    cadence.observe(media(isBlocking ? laterVideo : goodVideo), sinceMs);
  });
}

export const reloadCases: readonly Case[] = [
  ...laterEdits.map(([rule, pattern, replacement]) => ({
    rule,
    what: `${String(pattern)} becomes ${replacement}`,
    broken: () => between(goodVideo, edited(laterVideo, pattern, replacement)),
  })),
  ...deltaEdits.map(([rule, pattern, replacement]) => ({
    rule,
    what: `delta update: ${String(pattern)} becomes ${replacement}`,
    broken: () => inDelta(edited(muchLaterDelta, pattern, replacement)),
  })),
  { rule: 38, what: 'the whole playlist for _HLS_skip', broken: () => inDelta(muchLaterVideo) },
  {
    rule: 39,
    what: 'v2 without what was removed',
    broken: () => inDelta(muchLaterDelta, 'v2', withRange(muchLaterVideo, range)),
  },
  {
    rule: 35,
    what: 'a part that was not hinted',
    broken: () => between(edited(goodVideo, /#EXT-X-PRELOAD-HINT.*\n/, ''), laterVideo),
  },
  { rule: 11, what: 'no segment for 3.5 s', broken: () => silence(false, 3500) },
  { rule: 33, what: 'a part after 0.7 s', broken: () => silence(true, 700) },
  { rule: 33, severity: 'W', what: 'a part after 0.55 s', broken: () => silence(true, 550) },
  { rule: 64, what: 'a segment behind ENDLIST', broken: () => between(ended, muchLaterVideo) },
  {
    rule: 65,
    what: 'an EVENT that removes a segment',
    broken: () => between(typed(goodVideo, 'EVENT'), typed(muchLaterVideo, 'EVENT')),
  },
  { rule: 65, what: 'a VOD that changes', broken: () => between(typed(goodVideo, 'VOD'), typed(laterVideo, 'VOD')) },
  {
    rule: 62,
    what: 'a date range that changes',
    broken: () => between(withRange(goodVideo, range), withRange(laterVideo, `${range.slice(0, -1)}6`)),
  },
  {
    rule: 62,
    what: 'a date range that goes while it is listed',
    broken: () => between(withRange(goodVideo, range), laterVideo),
  },
  {
    rule: 12,
    what: 'a removal that leaves less than three target durations',
    broken: () =>
      between(
        goodVideo,
        edited(
          muchLaterVideo,
          /(#EXT-X-MEDIA-SEQUENCE:)\d+([^]*?)#EXT-X-MAP[^]*?\n15\.m4s\n/,
          '$116$2#EXT-X-MAP:URI="init-0.mp4"\n',
        ),
      ),
  },
];

export const goodReloads = (): string[][] => [
  between(goodVideo, laterVideo),
  between(goodVideo, muchLaterVideo),
  between(withRange(goodVideo, range), withRange(laterVideo, range)),
  inDelta(muchLaterDelta),
  silence(false, 2900),
  silence(true, 340),
];
