import { expect, it } from 'vitest';
import { buildMarks, dateRangeLines } from '../../../../src/recording/finishing/marks.ts';
import { buildVodPlaylist } from '../../../../src/recording/finishing/vod-playlist.ts';
import { SpoolState } from '../../../../src/recording/spool/spool-state.ts';
import { spooledSegment, startRecord, wallStartMs } from '../support/fake-program.ts';

it('marks get recording times and, without an end, that of the next of their kind; playlists carry them with who spoke', () => {
  const state = new SpoolState();
  state.apply(startRecord());
  const mark = (
    markId: string,
    kind: string,
    atSec: number,
    endSec: number | null,
    attributes: Record<string, string>,
  ) =>
    state.apply({
      type: 'event',
      event: {
        ...{ type: 'mark', markId, kind, attributes, atMs: wallStartMs + atSec * 1000 },
        endAtMs: endSec === null ? null : wallStartMs + endSec * 1000,
      },
    });
  mark('slide-1', 'slide', 4, null, { TITLE: 'Second' });
  mark('slide-0', 'slide', 1, null, { TITLE: 'First' });
  mark('poll-2', 'poll', 2, 3, { TEXT: 'Tea?' });
  mark('poll-3', 'poll', -9, -8, { TEXT: 'Before the first picture' });
  state.apply({ type: 'end', endedAtMs: wallStartMs + 6000, cause: 'ended' });
  const timeline = { toRecordingSec: (wallMs: number) => Math.min(6, Math.max(0, (wallMs - wallStartMs) / 1000)) };
  const marks = buildMarks(state, timeline as never);
  expect(marks.map(({ markId, atSec, endSec }) => [markId, atSec, endSec])).toEqual([
    ['poll-3', 0, 0],
    ['slide-0', 1, 4],
    ['poll-2', 2, 3],
    ['slide-1', 4, 6],
  ]);
  const turn = { participantId: 'p1', displayName: 'Ada', startAtMs: wallStartMs, endAtMs: wallStartMs + 2000 };
  const silence = {
    participantId: null,
    displayName: null,
    startAtMs: wallStartMs + 2000,
    endAtMs: wallStartMs + 6000,
  };
  const speakers = [
    { ...turn, startSec: 0, endSec: 2 },
    { ...silence, startSec: 2, endSec: 6 },
  ];
  const lines = dateRangeLines(speakers, marks);
  expect(lines.map((line) => line.replace(/,CLASS.*?Z"/, ''))).toEqual([
    '#EXT-X-DATERANGE:ID="speaker-0",DURATION=2.000,X-ORG-ROSTRUM-NAME="Ada"',
    '#EXT-X-DATERANGE:ID="slide-0",DURATION=3.000,X-ORG-ROSTRUM-TITLE="First"',
    '#EXT-X-DATERANGE:ID="poll-2",DURATION=1.000,X-ORG-ROSTRUM-TEXT="Tea?"',
    '#EXT-X-DATERANGE:ID="slide-1",DURATION=2.000,X-ORG-ROSTRUM-TITLE="Second"',
  ]);
  const names = { init: () => 'i.mp4', segment: () => 's.m4s' };
  const playlist = buildVodPlaylist([spooledSegment(0, { startSec: 10, durationSec: 2 })], names, 10, lines);
  expect(playlist.split('\n').slice(7, 11)).toEqual(lines);
});
