/** Faults between the renditions of one program. */
import { checkSameDateRanges } from '../../../src/hls/check/rules/date-ranges.ts';
import { checkRenditions } from '../../../src/hls/check/rules/renditions.ts';
import { ReportWatch } from '../../../src/hls/check/rules/reports.ts';
import { TimelineWatch } from '../../../src/hls/check/rules/timeline.ts';
import { checkIndependentSegments } from '../../../src/hls/check/rules/multivariant.ts';
import {
  type Case,
  edited,
  found,
  goodAudio,
  goodLow,
  goodMultivariant,
  goodVideo,
  laterVideo,
  media,
  multivariant,
  urlOf,
} from './good-stream.ts';

export function among(video: string, low: string, audio: string): string[] {
  return found((judge) => {
    const playlists = [media(video), media(low, urlOf('video-low')), media(audio, urlOf('audio'))];
    checkRenditions(playlists, judge);
    checkSameDateRanges(playlists, judge);
  });
}

/** Playlists in the order they were asked for and had, 10 ms each. */
export function reported(...loads: readonly (readonly [text: string, id: string])[]): string[] {
  return found((judge) => {
    const watch = new ReportWatch(judge);
    for (const [index, [text, id]] of loads.entries()) {
      watch.observe({ playlist: media(text, urlOf(id)), askedAtMs: 10 * index, receivedAtMs: 10 * index + 5 });
    }
  });
}

const ended = (text: string) =>
  `${text.replace(/#EXT-X-PROGRAM-DATE-TIME:[^\n]*\n(?:#EXT-X-PART:[^\n]*\n)+#EXT-X-PRELOAD[^]*$/, '')}#EXT-X-ENDLIST\n`;
const vod = (text: string) =>
  edited(ended(text), '#EXT-X-MEDIA-SEQUENCE', '#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-MEDIA-SEQUENCE');
const withoutLastThree = (text: string) =>
  edited(
    text,
    /#EXT-X-PROGRAM-DATE-TIME[^\n]*\n(?:#EXT-X-PART[^\n]*\n)+#EXTINF:[^\n]*\n14\.m4s\n[^]*?(?=#EXT-X-ENDLIST)/,
    '',
  );
const shifted = (text: string) =>
  text.replace(/T00:00:(2[2-9]|3\d)/g, (_all, sec: string) => `T00:00:${Number(sec) + 4}`);

function atTime(offSec: number, isDated: boolean): string[] {
  return found((judge) => {
    const watch = new TimelineWatch(judge);
    const segment = media(isDated ? goodVideo : goodVideo.replace(/#EXT-X-PROGRAM-DATE-TIME[^\n]*\n/g, ''))
      .segments[3]!;
    watch.observe(segment, urlOf('video'), 100);
    watch.observe(segment, urlOf('audio'), 100 + offSec);
  });
}

export const renditionCases: readonly Case[] = [
  {
    rule: 17,
    what: 'another discontinuity number in the sound',
    broken: () => among(goodVideo, goodLow, edited(goodAudio, 'DISCONTINUITY-SEQUENCE:0', 'DISCONTINUITY-SEQUENCE:1')),
  },
  {
    rule: 22,
    what: 'a rendition without dates',
    broken: () => among(goodVideo, goodLow, goodAudio.replace(/#EXT-X-PROGRAM-DATE-TIME[^\n]*\n/g, '')),
  },
  { rule: 22, what: 'another media time for the same date', broken: () => atTime(0.05, true) },
  {
    rule: 26,
    what: 'another hold-back in the sound',
    broken: () => among(goodVideo, goodLow, edited(goodAudio, ',HOLD-BACK=6', ',HOLD-BACK=7')),
  },
  {
    rule: 56,
    what: 'another target duration in the sound',
    broken: () => among(goodVideo, goodLow, edited(goodAudio, 'TARGETDURATION:2', 'TARGETDURATION:3')),
  },
  {
    rule: 56,
    severity: 'W',
    what: 'segments cut elsewhere',
    broken: () => among(goodVideo, goodLow.replaceAll('.000Z', '.060Z'), goodAudio),
  },
  { rule: 56, severity: 'W', what: 'another media time for the same number', broken: () => atTime(0.05, false) },
  {
    rule: 57,
    what: 'an EVENT among others',
    broken: () =>
      among(
        goodVideo,
        goodLow,
        edited(goodAudio, '#EXT-X-MEDIA-SEQUENCE', '#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-MEDIA-SEQUENCE'),
      ),
  },
  {
    rule: 57,
    what: 'an end that lacks six seconds',
    broken: () => among(ended(goodVideo), ended(goodLow), withoutLastThree(ended(goodAudio))),
  },
  {
    rule: 58,
    what: 'a hole that moves everything behind it',
    broken: () => among(goodVideo, shifted(goodLow), goodAudio),
  },
  {
    rule: 62,
    what: 'a date range that one playlist lacks',
    broken: () => among(withRanges(goodVideo, 'a', 'b'), withRanges(goodLow, 'a', 'b'), withRanges(goodAudio, 'a')),
  },
  {
    rule: 65,
    what: 'VOD renditions of different length',
    broken: () => among(vod(goodVideo), vod(goodLow), withoutLastThree(vod(goodAudio))),
  },
  {
    rule: 20,
    what: 'a claim that neither playlist makes',
    severity: 'E',
    broken: () =>
      found((judge) =>
        checkIndependentSegments(
          multivariant(edited(goodMultivariant, '#EXT-X-INDEPENDENT-SEGMENTS\n', '')),
          [media(goodVideo)],
          judge,
          'E',
        ),
      ),
  },
  {
    rule: 36,
    what: 'a report that is older than what was listed',
    broken: () =>
      reported(
        [goodVideo, 'video'],
        [
          edited(goodAudio, /video\/media.m3u8",LAST-MSN=17,LAST-PART=1/, 'video/media.m3u8",LAST-MSN=17,LAST-PART=0'),
          'audio',
        ],
      ),
  },
  {
    rule: 36,
    what: 'a report of what is not there yet',
    broken: () =>
      reported(
        [
          edited(goodAudio, /video\/media.m3u8",LAST-MSN=17,LAST-PART=1/, 'video/media.m3u8",LAST-MSN=17,LAST-PART=2'),
          'audio',
        ],
        [goodVideo, 'video'],
      ),
  },
  {
    rule: 37,
    what: 'sound that is two parts behind',
    broken: () =>
      reported([
        edited(goodVideo, /audio\/media.m3u8",LAST-MSN=17,LAST-PART=1/, 'audio/media.m3u8",LAST-MSN=16,LAST-PART=4'),
        'video',
      ]),
  },
];

function withRanges(text: string, ...ids: readonly string[]): string {
  const ranges = ids.map((id) => `#EXT-X-DATERANGE:ID="${id}",START-DATE="2026-01-01T00:00:20.000Z"`);
  return edited(text, '#EXT-X-DISCONTINUITY-SEQUENCE:0', ['#EXT-X-DISCONTINUITY-SEQUENCE:0', ...ranges].join('\n'));
}

export const goodRenditions = (): string[][] => [
  among(goodVideo, goodLow, goodAudio),
  among(laterVideo, goodLow, goodAudio),
  among(ended(goodVideo), ended(goodLow), ended(goodAudio)),
  reported([goodVideo, 'video'], [goodAudio, 'audio'], [goodLow, 'video-low'], [laterVideo, 'video']),
  atTime(0.02, true),
];
