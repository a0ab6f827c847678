/** Rules 7, 9, 10, 12, 16, 23, 25, 35, 64 and 65 between two loads of one playlist. Pure. */
import { type Judge } from '../findings.ts';
import {
  allSegments,
  isLowLatency,
  type ParsedMediaPlaylist,
  type ParsedSegment,
  sumSec,
} from '../playlist/media-playlist.ts';

/** @param before and @param after whole playlists, in the order they were served */
export function checkReload(before: ParsedMediaPlaylist, after: ParsedMediaPlaylist, judge: Judge): void {
  if (before.isEnded || before.playlistType === 'VOD') {
    judge.hold(before.isEnded ? 64 : 65, before.text === after.text, () => ({
      expected: before.isEnded ? 'no change behind EXT-X-ENDLIST' : 'no change of a VOD playlist',
      seen: 'another text',
    }));
    return;
  }
  checkConstants(before, after, judge);
  const removedCount = after.mediaSequenceNumber - before.mediaSequenceNumber;
  judge.hold(9, removedCount >= 0, () => ({
    expected: 'an EXT-X-MEDIA-SEQUENCE that never decreases',
    seen: `${before.mediaSequenceNumber} becomes ${after.mediaSequenceNumber}`,
    line: after.header.get('#EXT-X-MEDIA-SEQUENCE')?.line,
  }));
  if (removedCount < 0) return;
  const isBound = checkBinding(before, after, judge);
  if (removedCount > 0) checkRemoval(before, after, judge);
  if (!isBound) return;
  checkDiscontinuityCount(before, after, judge);
  const later = new Map(allSegments(after).map((segment) => [segment.mediaSequenceNumber, segment]));
  for (const old of allSegments(before)) {
    if (old.mediaSequenceNumber < after.mediaSequenceNumber) continue;
    const now = later.get(old.mediaSequenceNumber);
    judge.hold(10, now !== undefined, () => ({
      expected: 'segments removed in order, from the front',
      seen: 'a listed one is missing',
      mediaSequenceNumber: old.mediaSequenceNumber,
    }));
    if (now !== undefined) checkSameSegment(old, now, judge);
  }
  checkHintKept(before, after, judge);
}

function checkConstants(before: ParsedMediaPlaylist, after: ParsedMediaPlaylist, judge: Judge): void {
  judge.hold(7, before.targetDurationSec === after.targetDurationSec, () => ({
    expected: 'a constant EXT-X-TARGETDURATION',
    seen: `${before.targetDurationSec} becomes ${after.targetDurationSec}`,
    line: after.header.get('#EXT-X-TARGETDURATION')?.line,
  }));
  const hadControl = before.partTargetSec !== undefined || before.serverControlLine !== undefined;
  if (!hadControl || after.isEnded) return;
  judge.hold(
    25,
    before.partTargetSec === after.partTargetSec && before.serverControlLine === after.serverControlLine,
    () => ({
      expected: 'PART-TARGET and EXT-X-SERVER-CONTROL that never change',
      seen: `${before.partTargetSec} ${before.serverControlLine} becomes ${after.partTargetSec} ${after.serverControlLine}`,
      line: after.header.get('#EXT-X-SERVER-CONTROL')?.line,
    }),
  );
}

/** Number, address and duration of a segment belong together for ever. */
function checkBinding(before: ParsedMediaPlaylist, after: ParsedMediaPlaylist, judge: Judge): boolean {
  const later = new Map(after.segments.map((segment) => [segment.mediaSequenceNumber, segment]));
  const changed = before.segments.find((old) => {
    const now = later.get(old.mediaSequenceNumber);
    return now !== undefined && (now.uri !== old.uri || now.durationText !== old.durationText);
  });
  judge.hold(9, changed === undefined, () => {
    const now = later.get(changed!.mediaSequenceNumber)!;
    return {
      expected: 'one address and duration for each media sequence number',
      seen: `${changed!.uri} ${changed!.durationText} becomes ${now.uri} ${now.durationText}`,
      mediaSequenceNumber: changed!.mediaSequenceNumber,
      line: now.line,
    };
  });
  return changed === undefined;
}

function checkRemoval(before: ParsedMediaPlaylist, after: ParsedMediaPlaylist, judge: Judge): void {
  judge.hold(65, before.playlistType !== 'EVENT', () => ({
    expected: 'nothing removed from an EVENT playlist',
    seen: `${after.mediaSequenceNumber - before.mediaSequenceNumber} segments`,
  }));
  const { targetDurationSec } = after;
  if (targetDurationSec === undefined) return;
  const listedSec = sumSec(after.segments);
  judge.hold(12, listedSec >= 3 * targetDurationSec - 0.001, () => ({
    expected: 'three target durations left when a segment is removed',
    seen: `${listedSec.toFixed(2)} s`,
  }));
}

function checkDiscontinuityCount(before: ParsedMediaPlaylist, after: ParsedMediaPlaylist, judge: Judge): void {
  const gone = before.segments.filter(({ mediaSequenceNumber }) => mediaSequenceNumber < after.mediaSequenceNumber);
  // When more was removed than was ever seen, the tags in between are not known.
  if (after.mediaSequenceNumber > before.mediaSequenceNumber + before.segments.length) return;
  const expected = before.discontinuitySequence + gone.filter(({ isDiscontinuity }) => isDiscontinuity).length;
  judge.hold(16, after.discontinuitySequence === expected, () => ({
    expected: 'EXT-X-DISCONTINUITY-SEQUENCE to count the discontinuities that were removed',
    seen: `${after.discontinuitySequence}, ${expected} would be`,
    line: after.header.get('#EXT-X-DISCONTINUITY-SEQUENCE')?.line,
  }));
}

function checkSameSegment(old: ParsedSegment, now: ParsedSegment, judge: Judge): void {
  const place = { mediaSequenceNumber: old.mediaSequenceNumber, line: now.line };
  // A date may be left to the segment before; what is printed twice is printed alike.
  const [oldMs, nowMs] = [old.programDateTimeMs, now.programDateTimeMs];
  judge.hold(23, oldMs === undefined || nowMs === undefined || oldMs === nowMs, () => ({
    expected: 'a date that never changes',
    seen: `${old.programDateTimeText} becomes ${now.programDateTimeText}`,
    ...place,
  }));
  const isSameMap = old.mapUri === now.mapUri || old.isGap || now.mapUri === undefined;
  // Tags may still come to a segment that is open.
  const kept = now.fixedLines.slice(0, old.uri === undefined ? old.fixedLines.length : undefined);
  const isSameHead =
    isSameMap && old.isDiscontinuity === now.isDiscontinuity && kept.join('\n') === old.fixedLines.join('\n');
  judge.hold(10, isSameHead, () => ({ expected: 'unchanged tags of a listed segment', seen: 'other tags', ...place }));
  judge.hold(10, arePartsKept(old, now), () => ({
    expected: 'unchanged parts of a listed segment',
    seen: 'other parts',
    ...place,
  }));
}

/** The first parts may leave; the open segment may gain some. */
function arePartsKept(old: ParsedSegment, now: ParsedSegment): boolean {
  const first = now.parts[0];
  if (first === undefined) return now.uri !== undefined || old.parts.length === 0;
  const text = (part: (typeof old.parts)[number]) =>
    [part.uri, part.durationSec, part.isIndependent, part.isGap].join();
  const from = old.parts.findIndex((part) => text(part) === text(first));
  if (from < 0) return old.uri === undefined && old.parts.length === 0;
  const kept = old.parts.slice(from);
  if (kept.some((part, index) => now.parts[index] === undefined || text(part) !== text(now.parts[index]))) return false;
  return old.uri === undefined || now.parts.length === kept.length;
}

/** The part that came next was hinted: unless it is a gap, or its segment closed without it. */
function checkHintKept(before: ParsedMediaPlaylist, after: ParsedMediaPlaylist, judge: Judge): void {
  const uri = before.preloadHints.find(({ attributes }) => attributes.get('TYPE') === 'PART')?.attributes.get('URI');
  if (!isLowLatency(before) || after.isEnded) return;
  const msn = before.mediaSequenceNumber + before.skippedSegmentCount + before.segments.length;
  const partIndex = before.open?.parts.length ?? 0;
  // Nothing when it is not there yet, and when parts have left already behind a whole playlist that was missed.
  const came = allSegments(after).find(({ mediaSequenceNumber }) => mediaSequenceNumber === msn)?.parts[partIndex];
  if (came === undefined || came.isGap) return;
  judge.hold(35, came.uri === uri, () => ({
    expected: 'an EXT-X-PRELOAD-HINT of the part that is listed next',
    seen: `${uri === undefined ? 'nothing' : uri} was hinted, ${came.uri} came`,
    mediaSequenceNumber: msn,
    partIndex,
    line: came.line,
  }));
}
