/** Media playlist of the store: plain HLS, whole segments only; nobody answers delivery directives there (rule 66). Pure. */
import { type DateRangeList } from '../date-ranges/date-range-list.ts';
import { fileNames } from '../origin/routes.ts';
import { writeMediaPlaylist } from '../playlist/media-playlist.ts';
import { type PlaylistSegment } from '../playlist/media-segment.ts';
import { type ListedSegment, type PushedWindow } from './pushed-window.ts';

export interface PushedPlaylist {
  readonly window: PushedWindow;
  readonly targetDurationSec: number;
  readonly isText: boolean;
  readonly isEnded: boolean;
  readonly dateRanges: Pick<DateRangeList, 'listedFrom'>;
}

export function renderPushedPlaylist(pushed: PushedPlaylist): string {
  const { window, targetDurationSec, isText, isEnded } = pushed;
  const { listed, discontinuitySequence, timescaleHz } = window;
  const first = listed[0]?.segment;
  const ranges = first === undefined ? [] : pushed.dateRanges.listedFrom(first.programDateTimeMs);
  // One that was appended further on would move when what is before it is listed.
  const nextMsn = (first?.mediaSequenceNumber ?? 0) + listed.length;
  const dateRanges = ranges.filter(({ mediaSequenceNumber }) => mediaSequenceNumber <= nextMsn);
  return writeMediaPlaylist({
    ...{ targetDurationSec, discontinuitySequence, isEnded },
    mediaSequenceNumber: first?.mediaSequenceNumber ?? 0,
    segments: listed.map((one) => playlistSegment(one, timescaleHz, isText)),
    ...{ preloadHints: [], renditionReports: [] },
    dateRanges: dateRanges.map(({ tag, mediaSequenceNumber }) => ({
      ...{ tag, mediaSequenceNumber, partIndex: 0, isOld: false },
    })),
  });
}

function playlistSegment({ segment, isGap }: ListedSegment, timescaleHz: number, isText: boolean): PlaylistSegment {
  const { mediaSequenceNumber, isDiscontinuity, programDateTimeMs, runIndex, durationTicks } = segment;
  const name = isText ? fileNames.captions : fileNames.segment;
  return {
    ...{ isDiscontinuity, isGap, programDateTimeMs, parts: [] },
    ...(isGap || isText ? {} : { mapUri: fileNames.init(runIndex) }),
    complete: { uri: name(mediaSequenceNumber), durationSec: durationTicks / timescaleHz },
  };
}
