/** Rules 15, 16, 18, 19, 22, 23 and 24 on one playlist: discontinuities, maps, dates, gaps. Pure. */
import { type Judge } from '../findings.ts';
import {
  allSegments,
  isLowLatency,
  type ParsedMediaPlaylist,
  type ParsedSegment,
  sumSec,
} from '../playlist/media-playlist.ts';

/** Dates are printed in ms, durations in more: the sum may be off by one and its rounding. */
const dateToleranceMs = 1.5;
/** Wall clocks are corrected by less; more than that is a hole or an overlap (§6.2.1). */
const driftToleranceMs = 500;
const datePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,}(?:Z|[+-]\d\d:?\d\d)$/;
const fmp4Pattern = /\.(?:m4s|mp4|m4v|m4a|m4f|cmf[vat])(?:[?#]|$)/i;
const headTags = ['#EXT-X-DISCONTINUITY', '#EXT-X-KEY', '#EXT-X-MAP', '#EXT-X-PROGRAM-DATE-TIME'];

export function checkContinuity(playlist: ParsedMediaPlaylist, judge: Judge, isSubtitles = false): void {
  checkDiscontinuitySequence(playlist, judge);
  const segments = allSegments(playlist);
  for (const [index, segment] of segments.entries()) {
    checkHead(segment, judge);
    if (!isSubtitles) checkMap(segment, playlist.skippedSegmentCount > 0, judge);
    checkGap(segment, judge);
    const before = segments[index - 1];
    if (before !== undefined) checkStep(before, segment, judge);
  }
  checkDates(playlist, segments, judge);
}

function checkDiscontinuitySequence(playlist: ParsedMediaPlaylist, judge: Judge): void {
  if (playlist.isEnded && playlist.mediaSequenceNumber === 0) return;
  const tag = playlist.header.get('#EXT-X-DISCONTINUITY-SEQUENCE');
  judge.hold(16, tag !== undefined, () => ({
    severity: isLowLatency(playlist) ? 'E' : 'W',
    expected: 'EXT-X-DISCONTINUITY-SEQUENCE from the first playlist on',
    seen: 'no such tag',
  }));
  const first = allSegments(playlist)[0];
  if (tag === undefined || first === undefined) return;
  judge.hold(16, tag.line < first.line, () => ({
    expected: 'EXT-X-DISCONTINUITY-SEQUENCE before the first segment',
    seen: `it stands at line ${tag.line}`,
    line: tag.line,
  }));
}

function checkHead({ tagOrder, mediaSequenceNumber, line }: ParsedSegment, judge: Judge): void {
  const firstPart = tagOrder.indexOf('#EXT-X-PART');
  if (firstPart < 0) return;
  const late = headTags.filter((tag) => tagOrder.lastIndexOf(tag) > firstPart);
  judge.hold(19, late.length === 0, () => ({
    expected: 'tags of the segment before its first part',
    seen: `${late.join(', ')} behind it`,
    mediaSequenceNumber,
    line,
  }));
}

function checkMap(
  { uri, mapUri, isGap, mediaSequenceNumber, parts, line }: ParsedSegment,
  isDelta: boolean,
  judge: Judge,
): void {
  const isFmp4 = fmp4Pattern.test(uri ?? parts[0]?.uri ?? '');
  // A delta update leaves the map with the segments that it skips.
  if (!isFmp4 || isGap || isDelta) return;
  judge.hold(18, mapUri !== undefined, () => ({
    expected: 'EXT-X-MAP for every fMP4 segment',
    seen: 'none in force',
    mediaSequenceNumber,
    line,
  }));
}

function checkGap({ isGap, parts, uri, mediaSequenceNumber, line }: ParsedSegment, judge: Judge): void {
  if (parts.length === 0 && !isGap) return;
  const gapCount = parts.filter((part) => part.isGap).length;
  judge.hold(24, isGap ? gapCount === parts.length : gapCount === 0 || uri === undefined, () => ({
    expected: 'EXT-X-GAP on a segment, and GAP=YES on its parts, together',
    seen: isGap ? `${parts.length - gapCount} parts without GAP` : `${gapCount} parts with GAP in a segment without`,
    mediaSequenceNumber,
    line,
  }));
}

function checkStep(before: ParsedSegment, segment: ParsedSegment, judge: Judge): void {
  const { mediaSequenceNumber, line } = segment;
  const hasOtherMap = before.mapUri !== undefined && segment.mapUri !== before.mapUri && !segment.isGap;
  judge.hold(15, !hasOtherMap || segment.isDiscontinuity || before.isGap, () => ({
    severity: 'W',
    expected: 'EXT-X-DISCONTINUITY where the map changes',
    seen: `${before.mapUri} becomes ${segment.mapUri}`,
    mediaSequenceNumber,
    line,
  }));
  if (segment.isDiscontinuity) return;
  const [fromMs, toMs] = [before.programDateTimeMs, segment.programDateTimeMs];
  const isLasting = before.uri === undefined || before.durationSec !== undefined;
  if (fromMs === undefined || toMs === undefined || !isLasting) return;
  const offMs = toMs - (fromMs + 1000 * (before.durationSec ?? sumSec(before.parts)));
  judge.hold(23, Math.abs(offMs) <= dateToleranceMs, () => ({
    severity: Math.abs(offMs) > driftToleranceMs ? 'E' : 'W',
    expected: 'a date that is the one before it and EXTINF',
    seen: `${offMs.toFixed(1)} ms off`,
    mediaSequenceNumber,
    line,
  }));
}

function checkDates(playlist: ParsedMediaPlaylist, segments: readonly ParsedSegment[], judge: Judge): void {
  if (segments.length === 0) return;
  const dated = segments.filter(({ programDateTimeText }) => programDateTimeText !== undefined);
  if (!playlist.isEnded) {
    judge.hold(22, dated.length > 0, () => ({
      severity: isLowLatency(playlist) ? 'E' : 'W',
      expected: 'EXT-X-PROGRAM-DATE-TIME in a live playlist',
      seen: 'none',
    }));
  }
  for (const { programDateTimeText = '', programDateTimeMs, mediaSequenceNumber, line } of dated) {
    judge.hold(22, programDateTimeMs !== undefined && datePattern.test(programDateTimeText), () => ({
      expected: 'a date with ms and time zone',
      seen: programDateTimeText,
      mediaSequenceNumber,
      line,
    }));
  }
  if (dated.length === 0) return;
  for (const segment of segments) {
    if (!segment.isDiscontinuity) continue;
    judge.hold(22, segment.programDateTimeText !== undefined, () => ({
      expected: 'a date on the first segment behind a discontinuity',
      seen: 'none',
      mediaSequenceNumber: segment.mediaSequenceNumber,
      line: segment.line,
    }));
  }
}
