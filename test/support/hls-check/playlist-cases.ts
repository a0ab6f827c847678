/** Faults in one playlist. */
import { checkPlaylist } from '../../../src/hls/check/rules/playlist.ts';
import { checkMultivariant } from '../../../src/hls/check/rules/multivariant.ts';
import { checkSyntax, checkVersion } from '../../../src/hls/check/rules/syntax.ts';
import {
  type Case,
  edited,
  found,
  goodAudio,
  goodMultivariant,
  goodVideo,
  media,
  multivariant,
  othersOf,
  urlOf,
} from './good-stream.ts';

/** Half a minute of window is short, and is said to be. */
const known = ['12 W'];

export function inMedia(text: string, id = 'video', isSubtitles = false): string[] {
  return found((judge) => checkPlaylist(media(text, urlOf(id)), judge, { others: othersOf(id), isSubtitles }), known);
}

export function inMultivariant(text: string): string[] {
  return found(
    (judge) => {
      const playlist = multivariant(text);
      checkSyntax(playlist, judge);
      checkVersion(playlist, judge, 9);
      checkMultivariant(playlist, judge, 'E');
    },
    ['55 W'],
  );
}

type Edit = readonly [rule: number, severity: 'E' | 'W', pattern: string | RegExp, replacement: string];

const mediaEdits: readonly Edit[] = [
  [1, 'E', '#EXTM3U', '\ufeff#EXTM3U'],
  [1, 'E', '#EXT-X-VERSION:10\n', '#EXT-X-VERSION:10 \n'],
  [1, 'E', '#EXT-X-VERSION:10\n', '#EXT-X-VERSION:10\n# \u0007\n'],
  [2, 'E', ',HOLD-BACK=6', ',HOLD-BACK=+6'],
  [2, 'E', 'PART-HOLD-BACK=1.026', 'PART-HOLD-BACK=1e1'],
  [2, 'E', 'CAN-SKIP-DATERANGES=YES', 'CAN-SKIP-DATERANGES=YES, X-A="b"'],
  [3, 'E', '#EXT-X-VERSION:10', '#EXT-X-VERSION:10\n#EXT-X-VERSION:10'],
  [3, 'E', '#EXT-X-VERSION:10', '#EXT-X-VERSION:10\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="b"'],
  [4, 'E', '#EXT-X-VERSION:10', '#EXT-X-VERSION:5'],
  [4, 'W', '#EXT-X-VERSION:10', '#EXT-X-VERSION:12'],
  [6, 'E', /#EXT-X-TARGETDURATION.*\n/, '#EXT-X-TARGETDURATION:2.5\n'],
  [8, 'E', '#EXTINF:2.00000,\n', ''],
  [8, 'W', '#EXTINF:2.00000,', '#EXTINF:2.0,'],
  [15, 'W', /(#EXT-X-PROGRAM-DATE-TIME[^\n]*\n#EXTINF:2.00000,\n6.m4s)/, '#EXT-X-MAP:URI="init-9.mp4"\n$1'],
  [16, 'E', /#EXT-X-DISCONTINUITY-SEQUENCE.*\n/, ''],
  [18, 'E', /#EXT-X-MAP.*\n/, ''],
  [19, 'E', /(#EXT-X-PROGRAM-DATE-TIME[^\n]*\n)(#EXT-X-PART[^\n]*\n)/, '$2$1'],
  [22, 'E', /#EXT-X-PROGRAM-DATE-TIME.*\n/g, ''],
  [22, 'E', /(#EXT-X-PROGRAM-DATE-TIME.*)Z/, '$1'],
  [23, 'W', /(5\.m4s\n#EXT-X-PROGRAM-DATE-TIME:.*)\.\d\d\dZ/, '$1.100Z'],
  [23, 'E', /(5\.m4s\n#EXT-X-PROGRAM-DATE-TIME:.*)T\d\d/, '$1T23'],
  [24, 'E', /(16\.1\.m4s")/, '$1,GAP=YES'],
  [25, 'E', /#EXT-X-PART-INF.*\n/, ''],
  [26, 'E', 'PART-HOLD-BACK=1.026,', ''],
  [27, 'E', 'PART-HOLD-BACK=1.026', 'PART-HOLD-BACK=0.7'],
  [27, 'E', /,HOLD-BACK=6/, ',HOLD-BACK=5'],
  [27, 'E', 'CAN-SKIP-UNTIL=12', 'CAN-SKIP-UNTIL=6'],
  [27, 'E', 'CAN-SKIP-UNTIL=12,', ''],
  [28, 'E', 'CAN-BLOCK-RELOAD=YES,', ''],
  [29, 'E', 'PART-TARGET=0.342', 'PART-TARGET=0.333'],
  [31, 'E', /(URI="16\.0\.m4s"),INDEPENDENT=YES/, '$1'],
  [32, 'E', /#EXT-X-PART:[^\n]*URI="16\.5[^\n]*\n/, ''],
  [34, 'W', /(#EXTINF:2.00000,\n4.m4s)/, '#EXT-X-PART:DURATION=0.34000,URI="4.x.m4s",INDEPENDENT=YES\n$1'],
  [35, 'E', /(#EXT-X-PRELOAD-HINT.*\n)/, '$1$1'],
  [36, 'E', /#EXT-X-RENDITION-REPORT.*\n/, ''],
  [36, 'E', '../video-low/media.m3u8', '../video/media.m3u8'],
  [64, 'E', /(#EXT-X-RENDITION-REPORT[^]*)$/, '#EXT-X-ENDLIST\n'],
  [65, 'E', /#EXT-X-MEDIA-SEQUENCE:\d+/, '#EXT-X-PLAYLIST-TYPE:SHOW\n#EXT-X-MEDIA-SEQUENCE:0'],
  [67, 'E', '#EXT-X-MEDIA-SEQUENCE', '#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-MEDIA-SEQUENCE'],
];

const range = (attributes: string) => `#EXT-X-DISCONTINUITY-SEQUENCE:0\n#EXT-X-DATERANGE:${attributes}`;
const dateRangeEdits: readonly [rule: number, attributes: string][] = [
  [62, 'START-DATE="2026-01-01T00:00:10.000Z"'],
  [62, 'ID="a",CLASS="c"'],
  [62, 'ID="a",START-DATE="2026-01-01T00:00:10.000Z",END-DATE="2026-01-01T00:00:09.000Z"'],
  [62, 'ID="a",START-DATE="2026-01-01T00:00:10.000Z",END-DATE="2026-01-01T00:00:12.000Z",DURATION=3'],
  [62, 'ID="a",START-DATE="2026-01-01T00:00:10.000Z",END-ON-NEXT=YES'],
  [62, 'ID="a",START-DATE="2026-01-01T00:00:10.000Z",CLASS="c",END-ON-NEXT=YES,DURATION=3'],
  [62, 'ID="a",START-DATE="2026-01-01T00:00:10.000Z",CLASS="c"\n#EXT-X-DATERANGE:ID="a",CLASS="d"'],
  [63, 'ID="a",START-DATE="2026-01-01T00:00:10.000Z",X-POLL=1'],
  [63, 'ID="a",START-DATE="2026-01-01T00:00:10.000Z",X-COM-EXAMPLE-POLL=yes'],
];

const twice = (text: string) => `${text}\n${text}`;
const audioTag = /#EXT-X-MEDIA:.*/;
const multivariantEdits: readonly Edit[] = [
  [2, 'E', 'BANDWIDTH=2740000', 'BANDWIDTH=2740000.5'],
  [4, 'W', '#EXT-X-VERSION:9', '#EXT-X-VERSION:11'],
  [20, 'W', '#EXT-X-INDEPENDENT-SEGMENTS\n', ''],
  [50, 'E', /:BANDWIDTH=\d+,/, ':'],
  [50, 'E', /,FRAME-RATE=[\d.]+/, ''],
  [53, 'E', ',CLOSED-CAPTIONS=NONE', ''],
  [53, 'E', /CLOSED-CAPTIONS=NONE/g, 'CLOSED-CAPTIONS="cc"'],
  [54, 'E', /,LANGUAGE="en"/, ''],
  [54, 'E', audioTag, twice(audioTag.exec(goodMultivariant)![0])],
  [54, 'E', 'AUTOSELECT=YES', 'AUTOSELECT=NO'],
  [54, 'E', 'AUDIO="audio"', 'AUDIO="missing"'],
];

/** Dates of the first segments left out, so that durations there can change without rule 23. */
const undated = goodVideo.replace(/#EXT-X-PROGRAM-DATE-TIME:[^\n]*:0[46]\.000Z\n/g, '');
/** One part of the segment short, the others as long as they may be. */
const uneven = goodVideo.replace(/0\.33333(,URI="16\.(\d))/g, (_all, rest: string, index: string) =>
  index === '1' ? `0.29000${rest}` : `0.34200${rest}`,
);

/** An ended event, republished as VOD with what a static host cannot honour. */
const vod = edited(
  edited(goodVideo, /#EXT-X-MEDIA-SEQUENCE:\d+/, '#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-MEDIA-SEQUENCE:0'),
  /#EXT-X-PROGRAM-DATE-TIME:[^\n]*\n(?:#EXT-X-PART:[^\n]*\n)+#EXT-X-PRELOAD-HINT[^]*$/,
  '#EXT-X-ENDLIST\n',
);

export const playlistCases: readonly Case[] = [
  ...mediaEdits.map(([rule, severity, pattern, replacement]) => ({
    rule,
    severity,
    what: `${String(pattern)} becomes ${replacement}`,
    broken: () => inMedia(edited(goodVideo, pattern, replacement)),
  })),
  ...dateRangeEdits.map(([rule, attributes]) => ({
    rule,
    what: attributes,
    broken: () => inMedia(edited(goodVideo, '#EXT-X-DISCONTINUITY-SEQUENCE:0', range(attributes))),
  })),
  ...multivariantEdits.map(([rule, severity, pattern, replacement]) => ({
    rule,
    severity,
    what: `${String(pattern)} becomes ${replacement}`,
    broken: () => inMultivariant(edited(goodMultivariant, pattern, replacement)),
  })),
  {
    rule: 6,
    what: 'a segment that rounds to more than the target duration',
    broken: () => inMedia(edited(undated, /#EXTINF:2\.00000(,\n3\.m4s)/, '#EXTINF:2.50000$1')),
  },
  { rule: 30, what: 'a part of 84 % in the middle of a segment', broken: () => inMedia(uneven) },
  {
    rule: 12,
    what: 'a sliding playlist of five segments',
    broken: () => inMedia(lastSegments(goodVideo, 5)),
  },
  {
    rule: 55,
    severity: 'W',
    what: 'a multivariant playlist with one size',
    broken: () =>
      found((judge) =>
        checkMultivariant(
          multivariant(edited(goodMultivariant, /#EXT-X-STREAM-INF[^\n]*\n[^\n]*low[^\n]*\n/, '')),
          judge,
          'E',
        ),
      ),
  },
  { rule: 61, severity: 'W', what: 'subtitles with parts', broken: () => inMedia(goodAudio, 'audio', true) },
  { rule: 66, what: 'a VOD playlist with parts and CAN-BLOCK-RELOAD', broken: () => inMedia(vod) },
];

/** The same playlist, when all but the last segments had been removed. */
function lastSegments(text: string, count: number): string {
  const playlist = media(text);
  const removed = playlist.segments.length - count;
  const first = playlist.segments[removed]!;
  const from = text.indexOf('\n', text.indexOf(`\n${first.mediaSequenceNumber - 1}.m4s`) + 1) + 1;
  const head = text.slice(0, text.indexOf('#EXT-X-PROGRAM-DATE-TIME'));
  return (
    edited(head, /#EXT-X-MEDIA-SEQUENCE:\d+/, `#EXT-X-MEDIA-SEQUENCE:${first.mediaSequenceNumber}`) + text.slice(from)
  );
}
