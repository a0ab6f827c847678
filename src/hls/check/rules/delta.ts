/** Rules 38, 39 and 40: delta updates (rfc8216bis §6.2.5.1, §6.3.7). Pure. */
import { type Judge } from '../findings.ts';
import {
  allSegments,
  compareEnds,
  endOf,
  type ParsedMediaPlaylist,
  type ParsedSegment,
  sumSec,
} from '../playlist/media-playlist.ts';
import { readDecimal } from '../playlist/attribute-list.ts';

export interface DeltaStep {
  /** Whole playlist that the client had. */
  readonly known: ParsedMediaPlaylist;
  /** What came for `_HLS_skip`. */
  readonly delta: ParsedMediaPlaylist;
  /** Whole playlist that came for the same directives without `_HLS_skip`. */
  readonly full: ParsedMediaPlaylist;
  readonly directive: 'YES' | 'v2';
}

const roundingSec = 0.001;

/** Nothing is judged when the two answers are of different moments. */
export function checkDelta({ known, delta, full, directive }: DeltaStep, judge: Judge): void {
  if (delta.isEnded || full.isEnded) return;
  if (delta.skip === undefined) {
    checkNothingSkipped(delta, judge);
    return;
  }
  const line = delta.header.get('#EXT-X-SKIP')?.line;
  judge.hold(39, delta.skippedSegmentCount > 0, () => ({
    expected: 'the whole playlist where nothing can be skipped',
    seen: 'EXT-X-SKIP of 0 segments',
    line,
  }));
  judge.hold(
    39,
    directive === 'YES' ||
      delta.skip.has('RECENTLY-REMOVED-DATERANGES') ||
      delta.dateRanges.length === full.dateRanges.length,
    () => ({
      expected: 'RECENTLY-REMOVED-DATERANGES where _HLS_skip=v2 left date ranges out',
      seen: 'no such attribute',
      line,
    }),
  );
  checkBoundary(delta, judge);
  const isSameMoment =
    compareEnds(endOf(delta), endOf(full)) === 0 && delta.mediaSequenceNumber === full.mediaSequenceNumber;
  if (isSameMoment) checkMerge(known, delta, full, judge);
}

/** Rule 38: a playlist longer than the boundary has something to skip. */
function checkNothingSkipped(answer: ParsedMediaPlaylist, judge: Judge): void {
  const untilSec = readDecimal(answer.serverControl.get('CAN-SKIP-UNTIL'));
  const targetSec = answer.targetDurationSec;
  if (untilSec === undefined || targetSec === undefined) return;
  const listedSec = sumSec(answer.segments);
  judge.looked(39);
  judge.hold(38, listedSec < untilSec + 2 * targetSec, () => ({
    expected: 'a delta update where segments lie behind CAN-SKIP-UNTIL',
    seen: `the whole playlist of ${listedSec.toFixed(1)} s`,
  }));
}

/** What is skipped ends farther from the end of the last complete segment than the boundary. */
function checkBoundary(delta: ParsedMediaPlaylist, judge: Judge): void {
  const untilSec = readDecimal(delta.serverControl.get('CAN-SKIP-UNTIL'));
  const line = delta.header.get('#EXT-X-SKIP')?.line;
  if (untilSec === undefined) {
    judge.hold(38, false, () => ({ expected: 'EXT-X-SKIP only with CAN-SKIP-UNTIL', seen: 'no such attribute', line }));
    return;
  }
  const leftSec = sumSec(delta.segments);
  judge.hold(38, leftSec >= untilSec - roundingSec, () => ({
    expected: 'no segment skipped that lies inside CAN-SKIP-UNTIL',
    seen: `${leftSec.toFixed(3)} s left, ${untilSec} s must be`,
    line,
  }));
}

function checkMerge(
  known: ParsedMediaPlaylist,
  delta: ParsedMediaPlaylist,
  full: ParsedMediaPlaylist,
  judge: Judge,
): void {
  const line = delta.header.get('#EXT-X-SKIP')?.line;
  const from = delta.mediaSequenceNumber;
  const isSkipped = ({ mediaSequenceNumber }: ParsedSegment) =>
    mediaSequenceNumber >= from && mediaSequenceNumber < from + delta.skippedSegmentCount;
  const skipped = known.segments.filter(isSkipped);
  // A client that fell so far behind has to load the whole playlist again.
  if (skipped.length !== delta.skippedSegmentCount) return;
  judge.hold(40, delta.discontinuitySequence === full.discontinuitySequence, () => ({
    expected: 'the same EXT-X-DISCONTINUITY-SEQUENCE in a delta update',
    seen: `${delta.discontinuitySequence}, whole ${full.discontinuitySequence}`,
    line,
  }));
  const lastMap = skipped.findLast(({ mapUri }) => mapUri !== undefined)?.mapUri;
  const rest = allSegments(delta).map((segment) => ({ ...segment, mapUri: segment.mapUri ?? lastMap }));
  const [merged, whole] = [[...skipped, ...rest].map(comparable), allSegments(full).map(comparable)];
  const at = whole.findIndex((text, index) => text !== merged[index]);
  judge.hold(40, at < 0 && merged.length === whole.length, () => ({
    expected: 'known playlist and delta update to merge to the whole playlist',
    seen: at < 0 ? `${merged.length} segments of ${whole.length}` : `segment ${from + at} differs`,
    mediaSequenceNumber: at < 0 ? undefined : from + at,
    line,
  }));
}

/** Parts of old segments may leave between the two loads. */
function comparable(segment: ParsedSegment): string {
  const { mediaSequenceNumber, uri, durationText, programDateTimeMs, isDiscontinuity, isGap } = segment;
  const map = isGap ? undefined : segment.mapUri;
  const partsOfOpen = uri === undefined ? segment.parts.map((part) => [part.uri, part.durationSec]) : undefined;
  return JSON.stringify([
    mediaSequenceNumber,
    uri,
    durationText,
    programDateTimeMs,
    isDiscontinuity,
    isGap,
    map,
    partsOfOpen,
  ]);
}
