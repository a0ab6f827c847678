/** Rules 17, 22, 26, 56, 57, 58 and 65 over all renditions, whatever moment each was loaded at. Pure. */
import { type Judge } from '../findings.ts';
import { allSegments, type ParsedMediaPlaylist, type ParsedSegment, sumSec } from '../playlist/media-playlist.ts';

/** Audio cuts lie at the nearest AAC frame: 1024 samples at 44.1 kHz, and the rounding of dates to ms. */
const boundaryToleranceMs = 25;

/** @param playlists whole media playlists of one presentation, I-frame playlists left out; the first is the measure */
export function checkRenditions(playlists: readonly ParsedMediaPlaylist[], judge: Judge): void {
  const [reference, ...others] = playlists;
  if (reference === undefined || others.length === 0) return;
  for (const other of others) {
    checkSameConstants(reference, other, judge);
    checkSameTimeline(reference, other, judge);
    checkSameContent(reference, other, judge);
  }
}

function checkSameConstants(reference: ParsedMediaPlaylist, other: ParsedMediaPlaylist, judge: Judge): void {
  const { url } = other;
  judge.hold(56, other.targetDurationSec === reference.targetDurationSec, () => ({
    expected: 'one EXT-X-TARGETDURATION in all media playlists',
    seen: `${other.targetDurationSec} here, ${reference.targetDurationSec} elsewhere`,
    url,
  }));
  const control = ({ serverControl }: ParsedMediaPlaylist) =>
    [...serverControl]
      .map(([name, value]) => `${name}=${value}`)
      .sort()
      .join();
  if (reference.serverControlLine !== undefined || other.serverControlLine !== undefined) {
    judge.hold(26, control(other) === control(reference), () => ({
      expected: 'the same EXT-X-SERVER-CONTROL in all media playlists',
      seen: `${control(other)} here, ${control(reference)} elsewhere`,
      url,
    }));
  }
  judge.hold(57, other.playlistType === reference.playlistType, () => ({
    expected: 'one EXT-X-PLAYLIST-TYPE in all media playlists',
    seen: `${other.playlistType ?? 'none'} here, ${reference.playlistType ?? 'none'} elsewhere`,
    url,
  }));
  judge.hold(22, isDated(other) === isDated(reference), () => ({
    expected: 'dates in all media playlists or in none',
    seen: `${isDated(other) ? 'dates' : 'none'} here, not so elsewhere`,
    url,
  }));
}

function isDated(playlist: ParsedMediaPlaylist): boolean {
  return allSegments(playlist).some(({ programDateTimeMs }) => programDateTimeMs !== undefined);
}

/** Segments of both that stand for the same time: by number where the numbers agree, else by date. */
function pairsOf(
  a: ParsedMediaPlaylist,
  b: ParsedMediaPlaylist,
): { readonly pairs: readonly [ParsedSegment, ParsedSegment][]; readonly areNumbersEqual: boolean } {
  const byNumber = new Map(allSegments(b).map((segment) => [segment.mediaSequenceNumber, segment]));
  const pairs = allSegments(a).flatMap((segment): [ParsedSegment, ParsedSegment][] => {
    const twin = byNumber.get(segment.mediaSequenceNumber);
    return twin === undefined ? [] : [[segment, twin]];
  });
  const halfSegmentMs = 500 * (a.targetDurationSec ?? 2);
  const areNumbersEqual =
    pairs.length > 0 && pairs.some(([one, two]) => Math.abs(dateGapMs(one, two) ?? 0) < halfSegmentMs);
  if (areNumbersEqual) return { pairs, areNumbersEqual };
  const dated = allSegments(b).filter(({ programDateTimeMs }) => programDateTimeMs !== undefined);
  const byDate = allSegments(a).flatMap((segment): [ParsedSegment, ParsedSegment][] => {
    const twin = dated.find((candidate) => Math.abs(dateGapMs(segment, candidate) ?? Infinity) < halfSegmentMs);
    return twin === undefined ? [] : [[segment, twin]];
  });
  return { pairs: byDate, areNumbersEqual };
}

function dateGapMs(one: ParsedSegment, two: ParsedSegment): number | undefined {
  if (one.programDateTimeMs === undefined || two.programDateTimeMs === undefined) return undefined;
  return two.programDateTimeMs - one.programDateTimeMs;
}

function checkSameTimeline(a: ParsedMediaPlaylist, b: ParsedMediaPlaylist, judge: Judge): void {
  const { pairs, areNumbersEqual } = pairsOf(a, b);
  const halfSegmentMs = 500 * (a.targetDurationSec ?? 2);
  for (const [one, two] of pairs) {
    const place = { url: b.url, mediaSequenceNumber: two.mediaSequenceNumber, line: two.line };
    const gapMs = dateGapMs(one, two);
    if (gapMs !== undefined && areNumbersEqual) {
      judge.hold(58, Math.abs(gapMs) < halfSegmentMs, () => ({
        expected: 'gaps for what is missing in one rendition, not a shifted timeline',
        seen: `segment ${two.mediaSequenceNumber} is ${(gapMs / 1000).toFixed(2)} s off`,
        ...place,
      }));
      if (Math.abs(gapMs) >= halfSegmentMs) return;
    }
    judge.hold(
      17,
      one.discontinuitySequence === two.discontinuitySequence && one.isDiscontinuity === two.isDiscontinuity,
      () => ({
        expected: 'discontinuities at the same place with the same number in all renditions',
        seen: `${two.discontinuitySequence} here, ${one.discontinuitySequence} elsewhere`,
        ...place,
      }),
    );
    if (gapMs === undefined) continue;
    judge.hold(56, Math.abs(gapMs) <= boundaryToleranceMs, () => ({
      severity: 'W',
      expected: 'the same segment boundaries in all renditions',
      seen: `${gapMs.toFixed(0)} ms apart`,
      ...place,
    }));
  }
}

/** Ranges can only be compared where nothing moves any more. */
function checkSameContent(a: ParsedMediaPlaylist, b: ParsedMediaPlaylist, judge: Judge): void {
  if (!a.isEnded || !b.isEnded || a.targetDurationSec === undefined) return;
  const [aSec, bSec] = [sumSec(a.segments), sumSec(b.segments)];
  const isVod = a.playlistType === 'VOD' && b.playlistType === 'VOD';
  judge.hold(isVod ? 65 : 57, Math.abs(aSec - bSec) <= a.targetDurationSec, () => ({
    expected: 'the same time range in all ended playlists',
    seen: `${bSec.toFixed(2)} s here, ${aSec.toFixed(2)} s elsewhere`,
    url: b.url,
  }));
}
