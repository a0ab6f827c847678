import { describe, expect, it } from 'vitest';
import { buildCaptions } from '../../../../src/recording/finishing/captions.ts';
import { buildTimeline } from '../../../../src/recording/finishing/timeline.ts';
import { buildMultivariantPlaylist } from '../../../../src/recording/finishing/vod-playlist.ts';
import { type RecordedEvent } from '../../../../src/recording/ports.ts';
import { type JournalRecord } from '../../../../src/recording/spool/journal-records.ts';
import { SpoolState } from '../../../../src/recording/spool/spool-state.ts';
import { parseWebVtt } from '../../../support/webvtt-parser.ts';
import { recordingStart, renditionId, wallStartMs } from '../support/fake-program.ts';

type Caption = Extract<RecordedEvent, { type: 'caption' }>;

const captions = [
  { language: 'en', name: 'English' },
  { language: 'pt-BR', name: 'Português' },
];

/** 70 s in one run from media time 10 s, then, 5 s of wall time later, 10 s in another one. */
function finished(events: readonly Caption[]) {
  const state = new SpoolState();
  const apply = (record: JournalRecord) => expect(state.apply(record)).toBe(true);
  apply({ type: 'begin', start: { ...recordingStart(), captions } });
  let offsetBytes = 10;
  for (let index = 0; index < 40; index++) {
    const runIndex = index < 35 ? 0 : 1;
    if (index === 0 || index === 35) {
      apply({ type: 'init', renditionId, runIndex, sizeBytes: 10, sha256: '0'.repeat(64) });
      offsetBytes = 10;
    }
    apply({
      ...{ type: 'part', renditionId, runIndex, mediaSequenceNumber: index, partIndex: 0, timescaleHz: 90_000 },
      ...{ startTicks: (10 + index * 2) * 90_000, durationTicks: 180_000, offsetBytes, sizeBytes: 100, crc32: 0 },
      programDateTimeMs: wallStartMs + index * 2000 + runIndex * 5000,
    });
    offsetBytes += 100;
    const closing = { renditionId, mediaSequenceNumber: index, sha256: '0'.repeat(64) };
    apply({ type: 'segment', ...closing, isDiscontinuity: false, isTorn: false });
  }
  for (const event of events) apply({ type: 'event', event });
  apply({ type: 'end', endedAtMs: wallStartMs + 86_000, cause: 'ended' });
  const timeline = buildTimeline(state);
  return buildCaptions(state, timeline, state.segmentsOf(renditionId));
}

const caption = (cueId: string, fromSec: number, toSec: number, language = 'en'): Caption => ({
  type: 'caption',
  atMs: wallStartMs + fromSec * 1000,
  endAtMs: wallStartMs + toSec * 1000,
  cueId,
  language,
  text: `Text of ${cueId}`,
  delayMs: 3000,
});

const timesOf = (text: string) => parseWebVtt(text).cues.map(({ cueId, startMs, endMs }) => [cueId, startMs, endMs]);

describe('buildCaptions', () => {
  it('leaves out languages in which nothing was written', () => {
    expect(finished([])).toEqual([]);
    expect(finished([caption('c0', 1, 3)]).map(({ language, cueCount }) => [language, cueCount])).toEqual([['en', 1]]);
  });

  it('writes one file with true times in recording time, in order, whatever the order of arrival', () => {
    const [english] = finished([caption('c1', 4, 6), caption('c0', 1, 3.5)]);
    expect(english).toMatchObject({ file: 'captions-en.vtt', playlist: 'captions-en/playlist.m3u8', cueCount: 2 });
    expect(timesOf(english!.objects.find(({ name }) => name === english!.file)!.text)).toEqual([
      ['c0', 1000, 3500],
      ['c1', 4000, 6000],
    ]);
  });

  it('writes segments of a minute at most that end with their run, cues in media time in each they overlap', () => {
    const [portuguese] = finished([
      caption('c0', 59, 61, 'pt-BR'),
      // From 1 s before the first run ends to 2 s after the second began: 5 s of wall time are missing between.
      caption('c1', 69, 77, 'pt-BR'),
      caption('c2', 71, 74, 'pt-BR'),
    ]);
    const segments = portuguese!.objects.filter(({ name }) => /\/\d+\.vtt$/.test(name));
    expect(segments.map(({ name }) => name)).toEqual([0, 30, 35].map((msn) => `captions-pt-br/${msn}.vtt`));
    expect(segments.map(({ text }) => timesOf(text))).toEqual([
      [['c0', 69_000, 71_000]],
      [
        ['c0', 69_000, 71_000],
        ['c1', 79_000, 82_000],
      ],
      [['c1', 79_000, 82_000]],
    ]);
    const lines = portuguese!.objects.find(({ name }) => name.endsWith('.m3u8'))!.text.split('\n');
    expect(lines.filter((line) => /^#EXTINF|^#EXT-X-(TARGET|DISCONTINUITY$|MAP|GAP)|vtt$/.test(line))).toEqual([
      '#EXT-X-TARGETDURATION:60',
      '#EXTINF:60.000000,',
      '0.vtt',
      '#EXTINF:10.000000,',
      '30.vtt',
      '#EXT-X-DISCONTINUITY',
      '#EXTINF:10.000000,',
      '35.vtt',
    ]);
  });

  it('is one group that every variant names', () => {
    const variant = {
      uri: 'v/playlist.m3u8',
      kind: 'video',
      codec: 'avc1.64001F',
      peakBitsPerSec: 2,
      averageBitsPerSec: 1,
    };
    const text = buildMultivariantPlaylist([variant as never], finished([caption('c0', 1, 3, 'pt-BR')]));
    expect(text).toContain(
      '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="captions",NAME="Português",LANGUAGE="pt-BR",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI="captions-pt-br/playlist.m3u8"\n',
    );
    expect(text).toMatch(/#EXT-X-STREAM-INF:.*,SUBTITLES="captions"/);
  });
});
