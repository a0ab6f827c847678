/**
 * Checks of the low-latency HLS rules over playlists, reloads, renditions and media. Every check returns its
 * findings as `rule N: ...`, the numbers of test/conformance/rules.md.
 */
import { beginsWithIdr, isSyncSample, parseFragment, parseInitSegment, readBoxes } from '../../src/media/fmp4/index.ts';
import { type ParsedPlaylist, type ParsedSegment, parseMediaPlaylist } from './hls-playlist-parser.ts';

type Report = (rule: number, text: string) => void;

function collect(check: (report: Report) => void): string[] {
  const findings: string[] = [];
  check((rule, text) => findings.push(`rule ${rule}: ${text}`));
  return findings;
}

const all = (playlist: ParsedPlaylist): ParsedSegment[] => [
  ...playlist.segments,
  ...(playlist.open ? [playlist.open] : []),
];

/**
 * One full playlist by itself.
 * @param isGapNext what comes next is known to be missing in this rendition, so nothing must be hinted at.
 */
export function checkPlaylist(playlist: ParsedPlaylist, isGapNext = false): string[] {
  return collect((report) => {
    if (playlist.version !== 9) report(4, `version ${playlist.version}`);
    if (!Number.isInteger(playlist.targetDurationSec)) report(6, 'target duration is not whole');
    if (!playlist.isEnded && playlist.segments.length === 0) report(49, 'no segment');
    for (const segment of playlist.segments) checkSegment(playlist, segment, report);
    for (const [index, segment] of all(playlist).entries()) {
      checkParts(playlist, segment, report);
      const next = all(playlist)[index + 1];
      if (next !== undefined && !next.isDiscontinuity) checkDates(segment, next, report);
    }
    checkControl(playlist, report);
    checkEdge(playlist, isGapNext, report);
  });
}

function checkSegment(playlist: ParsedPlaylist, segment: ParsedSegment, report: Report): void {
  const name = segment.uri!;
  if (Math.round(segment.durationSec!) > playlist.targetDurationSec) report(6, `${name} lasts ${segment.durationSec}`);
  if (segment.mapUri === undefined && !segment.isGap) report(18, `${name} has no map`);
  if (segment.programDateTimeMs === undefined || Number.isNaN(segment.programDateTimeMs)) report(22, `${name} no date`);
  const partsSec = segment.parts.reduce((sum, { durationSec }) => sum + durationSec, 0);
  if (segment.parts.length > 0 && Math.abs(partsSec - segment.durationSec!) > 0.001)
    report(32, `${name} parts ${partsSec}`);
  const firstPart = segment.tagOrder.indexOf('#EXT-X-PART');
  const lastHead = Math.max(
    ...['#EXT-X-DISCONTINUITY', '#EXT-X-MAP', '#EXT-X-PROGRAM-DATE-TIME'].map((tag) =>
      segment.tagOrder.lastIndexOf(tag),
    ),
  );
  if (firstPart >= 0 && lastHead > firstPart) report(19, `${name} has a head tag behind its first part`);
}

function checkParts(playlist: ParsedPlaylist, segment: ParsedSegment, report: Report): void {
  if (segment.parts.length > 0 && playlist.partTargetSec === undefined) report(25, 'parts without PART-INF');
  for (const [index, part] of segment.parts.entries()) {
    if (part.durationSec > playlist.partTargetSec!) report(29, `${part.uri} lasts ${part.durationSec}`);
    const isLast = segment.uri !== undefined && index === segment.parts.length - 1;
    const isExempt = isLast || part.isIndependent;
    if (!isExempt && part.durationSec < 0.85 * playlist.partTargetSec!) report(30, `${part.uri} ${part.durationSec}`);
    if (part.isGap !== segment.isGap) report(24, `${part.uri} and its segment differ about the gap`);
    if (segment.isGap) continue;
    if (index === 0 && !part.isIndependent) report(31, `${part.uri} is not independent`);
  }
}

function checkDates(segment: ParsedSegment, next: ParsedSegment, report: Report): void {
  const expectedMs = segment.programDateTimeMs! + 1000 * (segment.durationSec ?? 0);
  if (Math.abs(next.programDateTimeMs! - expectedMs) > 1.5) report(23, `date of ${next.mediaSequenceNumber}`);
  if (segment.mapUri !== next.mapUri && !next.isGap)
    report(15, `map changes without discontinuity at ${next.mediaSequenceNumber}`);
}

function checkControl({ serverControl, partTargetSec, targetDurationSec }: ParsedPlaylist, report: Report): void {
  const seconds = (name: string) => Number(serverControl.get(name));
  if (!(seconds('HOLD-BACK') >= 3 * targetDurationSec)) report(27, 'HOLD-BACK');
  if (!(seconds('CAN-SKIP-UNTIL') >= 6 * targetDurationSec)) report(27, 'CAN-SKIP-UNTIL');
  if (partTargetSec === undefined) return;
  if (!(seconds('PART-HOLD-BACK') >= 3 * partTargetSec)) report(27, 'PART-HOLD-BACK');
  if (serverControl.get('CAN-BLOCK-RELOAD') !== 'YES') report(28, 'CAN-BLOCK-RELOAD');
}

function checkEdge(playlist: ParsedPlaylist, isGapNext: boolean, report: Report): void {
  const partHints = playlist.preloadHints.filter((hint) => hint.get('TYPE') === 'PART');
  const arePartsListed = playlist.partTargetSec !== undefined && !playlist.isEnded;
  const expected = arePartsListed && !isGapNext ? 1 : 0;
  if (partHints.length !== expected) report(playlist.isEnded ? 64 : 35, `${partHints.length} part hints`);
  let behindSec = playlist.open?.parts.reduce((sum, { durationSec }) => sum + durationSec, 0) ?? 0;
  for (const segment of playlist.segments.toReversed()) {
    if (segment.parts.length > 0 && behindSec > 3 * playlist.targetDurationSec + 0.025)
      report(34, `${segment.uri} lists parts`);
    if (arePartsListed && segment.parts.length === 0 && behindSec < 3 * playlist.targetDurationSec - 0.025) {
      report(34, `${segment.uri} lost its parts too early`);
    }
    behindSec += segment.durationSec!;
  }
}

/** The same playlist before and after: only the edits that are allowed. */
export function checkReload(before: ParsedPlaylist, after: ParsedPlaylist): string[] {
  return collect((report) => {
    if (before.isEnded && before.text !== after.text) report(64, 'changed after its end');
    if (before.targetDurationSec !== after.targetDurationSec) report(7, 'target duration');
    if (before.partTargetSec !== after.partTargetSec) report(25, 'part target');
    if (before.serverControlLine !== after.serverControlLine) report(25, 'server control');
    const removed = after.mediaSequenceNumber - before.mediaSequenceNumber;
    if (removed < 0) report(9, 'media sequence fell');
    const gone = before.segments.filter(({ mediaSequenceNumber }) => mediaSequenceNumber < after.mediaSequenceNumber);
    const removedDiscontinuities = gone.filter(({ isDiscontinuity }) => isDiscontinuity).length;
    if (after.discontinuitySequence - before.discontinuitySequence !== removedDiscontinuities)
      report(16, 'discontinuity sequence');
    const listedSec = after.segments.reduce((sum, { durationSec }) => sum + durationSec!, 0);
    if (removed > 0 && listedSec < 3 * after.targetDurationSec) report(12, `only ${listedSec} s left`);
    if (removed > 0 && after.segments.length < 6) report(12, `only ${after.segments.length} segments left`);
    const later = new Map(all(after).map((segment) => [segment.mediaSequenceNumber, segment]));
    for (const old of all(before)) {
      const now = later.get(old.mediaSequenceNumber);
      if (old.mediaSequenceNumber < after.mediaSequenceNumber) continue;
      if (now === undefined) report(10, `segment ${old.mediaSequenceNumber} vanished`);
      else checkSameSegment(old, now, report);
    }
    checkHintKept(before, after, report);
  });
}

function checkSameSegment(old: ParsedSegment, now: ParsedSegment, report: Report): void {
  const name = `segment ${old.mediaSequenceNumber}`;
  if (old.uri !== undefined && (old.uri !== now.uri || old.durationSec !== now.durationSec))
    report(9, `${name} changed`);
  if (old.programDateTimeMs !== now.programDateTimeMs) report(23, `${name} date changed`);
  if (old.isGap !== now.isGap) report(10, `${name} gap changed`);
  if ((old.mapUri !== now.mapUri && !old.isGap) || old.isDiscontinuity !== now.isDiscontinuity)
    report(10, `${name} head changed`);
  if (old.discontinuitySequence !== now.discontinuitySequence) report(16, `${name} discontinuity number changed`);
  const kept = now.parts.slice(0, old.parts.length);
  if (now.parts.length > 0 && JSON.stringify(kept) !== JSON.stringify(old.parts)) report(10, `${name} parts changed`);
}

function checkHintKept(before: ParsedPlaylist, after: ParsedPlaylist, report: Report): void {
  const hint = before.preloadHints.find((candidate) => candidate.get('TYPE') === 'PART')?.get('URI');
  const hasNewPart = all(after).some(
    ({ mediaSequenceNumber, parts }) =>
      mediaSequenceNumber >= (before.open?.mediaSequenceNumber ?? 0) && parts.length > 0,
  );
  const stillHinted = after.preloadHints.some((candidate) => candidate.get('URI') === hint);
  const isListed = all(after).some(({ parts }) => parts.some(({ uri }) => uri === hint));
  // A segment that closed early takes its hint back; whoever waited gets 404.
  const isTakenBack = after.segments.some(({ parts }) => parts.length > 0 && parts.length < 6);
  if (hint !== undefined && hasNewPart && !after.isEnded && !stillHinted && !isListed && !isTakenBack) {
    report(35, `hint ${hint} was not kept`);
  }
}

/** What a client makes of a delta update must be the full playlist of the same moment (rule 40). */
export function checkDelta(knownText: string, deltaText: string, fullText: string): string[] {
  return collect((report) => {
    const known = parseMediaPlaylist(knownText);
    const delta = parseMediaPlaylist(deltaText);
    const full = parseMediaPlaylist(fullText);
    if (delta.skippedSegmentCount === 0) {
      if (deltaText !== fullText) report(39, 'nothing skipped, but not the full playlist');
      return;
    }
    const first = delta.mediaSequenceNumber;
    const skipped = known.segments.filter(
      ({ mediaSequenceNumber: msn }) => msn >= first && msn < first + delta.skippedSegmentCount,
    );
    if (skipped.length !== delta.skippedSegmentCount) report(38, 'skips segments the client cannot know');
    const lastMap = skipped.findLast(({ isGap }) => !isGap)?.mapUri;
    const merged = [...skipped, ...all(delta)].map((segment) =>
      comparable({ ...segment, mapUri: segment.mapUri ?? lastMap }),
    );
    if (JSON.stringify(merged) !== JSON.stringify(all(full).map(comparable)))
      report(40, 'merge differs from the full playlist');
    const lastEndSec = full.segments
      .slice(delta.skippedSegmentCount)
      .reduce((sum, { durationSec }) => sum + durationSec!, 0);
    if (lastEndSec < Number(full.serverControl.get('CAN-SKIP-UNTIL')) - 0.001)
      report(38, 'skips inside the skip boundary');
  });
}

/** Parts of old segments may leave between two loads, and only the first segment needs to repeat its map. */
function comparable({
  mediaSequenceNumber,
  uri,
  durationSec,
  programDateTimeMs,
  isDiscontinuity,
  isGap,
  mapUri,
}: ParsedSegment) {
  const needed = isGap ? {} : { mapUri };
  return { mediaSequenceNumber, uri, durationSec, programDateTimeMs, isDiscontinuity, isGap, ...needed };
}

/** All media playlists of one moment. */
export function checkRenditions(playlists: readonly ParsedPlaylist[]): string[] {
  return collect((report) => {
    const [reference, ...others] = playlists as [ParsedPlaylist, ...ParsedPlaylist[]];
    for (const other of others) {
      if (other.serverControlLine !== reference.serverControlLine) report(26, 'server control differs');
      if (other.targetDurationSec !== reference.targetDurationSec) report(56, 'target duration differs');
      if (other.partTargetSec !== reference.partTargetSec) report(25, 'part target differs');
      if (other.mediaSequenceNumber !== reference.mediaSequenceNumber) report(37, 'media sequence differs');
      if (other.isEnded !== reference.isEnded) report(57, 'one has ended');
      if (all(other).length !== all(reference).length) report(37, 'segment count differs');
      for (const [index, segment] of all(reference).entries()) {
        const twin = all(other)[index];
        if (twin === undefined) continue;
        if (twin.discontinuitySequence !== segment.discontinuitySequence) report(17, `${segment.mediaSequenceNumber}`);
        if (twin.parts.length !== segment.parts.length) report(37, `part counts of ${segment.mediaSequenceNumber}`);
        if (Math.abs(twin.programDateTimeMs! - segment.programDateTimeMs!) > 1024 / 48) report(56, 'boundaries differ');
      }
    }
    for (const playlist of playlists) {
      const expected = playlist.partTargetSec === undefined || playlist.isEnded ? 0 : playlists.length - 1;
      if (playlist.renditionReports.length !== expected) report(36, `${playlist.renditionReports.length} reports`);
      const last = all(playlist).at(-1)!;
      for (const reported of playlist.renditionReports) {
        const isNewest =
          reported.get('LAST-MSN') === String(last.mediaSequenceNumber) &&
          reported.get('LAST-PART') === String(last.parts.length - 1);
        if (!isNewest) report(36, `the report of ${reported.get('URI')} is not the newest`);
      }
    }
  });
}

export interface FetchedSegment {
  readonly segment: ParsedSegment;
  readonly init: Uint8Array;
  readonly bytes: Uint8Array;
  readonly parts: readonly Uint8Array[];
}

/** Bytes of consecutive segments of one rendition. */
export function checkMedia(fetched: readonly FetchedSegment[]): string[] {
  return collect((report) => {
    let expectedTicks: number | undefined;
    for (const { segment, init: initBytes, bytes, parts } of fetched) {
      const init = parseInitSegment(initBytes);
      if (parts.length > 0 && !Buffer.concat(parts).equals(bytes)) report(32, `${segment.uri} is not its parts`);
      if (segment.isDiscontinuity) expectedTicks = undefined;
      let durationTicks = 0;
      for (const [index, fragment] of splitFragments(bytes).entries()) {
        const parsed = parseFragment(fragment, init);
        if (expectedTicks !== undefined && parsed.startTicks !== expectedTicks)
          report(70, `${segment.uri} fragment ${index}`);
        expectedTicks = parsed.startTicks + parsed.durationTicks;
        durationTicks += parsed.durationTicks;
        if (init.kind === 'audio') continue;
        const hasIdr = parsed.samples.some(
          (sample) => isSyncSample(sample) && beginsWithIdr(sample.data, init.nalLengthBytes),
        );
        if (index === 0 && !beginsWithIdr(parsed.samples[0]!.data, init.nalLengthBytes)) report(71, `${segment.uri}`);
        const isMarked = segment.parts[index]?.isIndependent ?? hasIdr;
        if (isMarked !== hasIdr) report(31, `${segment.parts[index]!.uri} is marked wrongly`);
      }
      if (Math.abs(durationTicks / init.timescaleHz - segment.durationSec!) > 0.00001)
        report(8, `${segment.uri} duration`);
    }
  });
}

function splitFragments(bytes: Uint8Array): Uint8Array[] {
  const boxes = readBoxes(bytes);
  return boxes.flatMap((moof, index) => {
    if (moof.type !== 'moof') return [];
    return [bytes.subarray(moof.start, boxes[index + 1]!.end)];
  });
}
