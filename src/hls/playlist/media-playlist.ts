/** Media playlist, whole or as a delta update (rfc8216bis §4.4.3 to §4.4.5). Pure. */
import { type DeltaKind, skippableSegmentCount, skipTag } from './delta-update.ts';
import { type AnchoredTag, type PlaylistSegment, segmentLines } from './media-segment.ts';
import { partInfTag } from './part.ts';
import { preloadHintTag } from './preload-hint.ts';
import { type RenditionReport, renditionReportTag } from './rendition-report.ts';
import { type ServerControl, serverControlTag } from './server-control.ts';

export interface PlaylistDateRange extends AnchoredTag {
  /** Of the segment that it was appended in or before. */
  readonly mediaSequenceNumber: number;
  /** Added so long ago that a client with delta updates must know it. */
  readonly isOld: boolean;
}

export interface MediaPlaylist {
  readonly targetDurationSec: number;
  /** Undefined where nobody answers delivery directives. */
  readonly serverControl?: ServerControl;
  /** Undefined for plain HLS: no part tag of any kind is written then. */
  readonly partTargetSec?: number;
  /** Every segment is one picture that can be decoded alone, shown until the next (§4.4.3.6). */
  readonly areIFramesOnly?: boolean;
  readonly mediaSequenceNumber: number;
  readonly discontinuitySequence: number;
  /** Oldest first; only the last one may be incomplete. */
  readonly segments: readonly PlaylistSegment[];
  readonly preloadHints: readonly { readonly type: 'PART' | 'MAP'; readonly uri: string }[];
  readonly renditionReports: readonly RenditionReport[];
  readonly isEnded: boolean;
  /** In the order in which they came; none by default. */
  readonly dateRanges?: readonly PlaylistDateRange[];
  readonly recentlyRemovedDateRangeIds?: readonly string[];
}

/** EXT-X-SKIP that leaves out date ranges needs 10; the same for all, so that the tag never changes. */
const playlistVersion = 10;

/** @param delta leave out what the client must still know; without anything to leave out the whole playlist results */
export function writeMediaPlaylist(playlist: MediaPlaylist, delta: DeltaKind = 'full'): string {
  const skippedCount = delta !== 'full' && !playlist.isEnded ? countSkipped(playlist) : 0;
  const areRangesSkipped = skippedCount > 0 && delta === 'segmentsAndDateRanges';
  const removedIds = areRangesSkipped ? (playlist.recentlyRemovedDateRangeIds ?? []) : undefined;
  const ranges = (playlist.dateRanges ?? []).filter(({ isOld }) => !(areRangesSkipped && isOld));
  const firstMsn = playlist.mediaSequenceNumber + skippedCount;
  const endMsn = playlist.mediaSequenceNumber + playlist.segments.length;
  // One group per segment; what lies before the first one shown, or behind the last, stands at that end.
  const anchored = Map.groupBy(ranges, ({ mediaSequenceNumber: msn }) => Math.min(Math.max(msn, firstMsn - 1), endMsn));
  const tagsAt = (msn: number) => (anchored.get(msn) ?? []).map(({ tag }) => tag);
  const lines = [
    '#EXTM3U',
    `#EXT-X-VERSION:${playlistVersion}`,
    `#EXT-X-TARGETDURATION:${playlist.targetDurationSec}`,
    ...(playlist.serverControl === undefined ? [] : [serverControlTag(playlist.serverControl)]),
    ...(playlist.partTargetSec === undefined ? [] : [partInfTag(playlist.partTargetSec)]),
    ...(playlist.areIFramesOnly === true ? ['#EXT-X-I-FRAMES-ONLY'] : []),
    `#EXT-X-MEDIA-SEQUENCE:${playlist.mediaSequenceNumber}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${playlist.discontinuitySequence}`,
    ...(skippedCount === 0 ? [] : [skipTag(skippedCount, removedIds)]),
    // Their segments have left, or are left out here.
    ...tagsAt(firstMsn - 1),
  ];
  let mapUri = playlist.segments.slice(0, skippedCount).findLast((segment) => segment.mapUri !== undefined)?.mapUri;
  for (const [index, segment] of playlist.segments.slice(skippedCount).entries()) {
    lines.push(...linesOf(segment, segment.mapUri !== mapUri, anchored.get(firstMsn + index)));
    mapUri = segment.mapUri ?? mapUri;
  }
  // Appended where no segment is open in this playlist.
  lines.push(...tagsAt(endMsn));
  if (playlist.isEnded) lines.push('#EXT-X-ENDLIST');
  else {
    lines.push(...playlist.preloadHints.map(({ type, uri }) => preloadHintTag(type, uri)));
    lines.push(...playlist.renditionReports.map(renditionReportTag));
  }
  return `${lines.join('\n')}\n`;
}

/** Whoever gives the same segment again means the same lines. */
const settledLines = new WeakMap<PlaylistSegment, readonly string[]>();

function linesOf(
  segment: PlaylistSegment,
  isMapNew: boolean,
  anchored: readonly AnchoredTag[] | undefined,
): readonly string[] {
  if (isMapNew || anchored !== undefined || segment.parts.length > 0) return segmentLines(segment, isMapNew, anchored);
  const known = settledLines.get(segment);
  if (known !== undefined) return known;
  const lines = segmentLines(segment, false);
  settledLines.set(segment, lines);
  return lines;
}

function countSkipped({ segments, serverControl }: MediaPlaylist): number {
  if (serverControl === undefined) return 0;
  const complete = segments.at(-1)?.complete === undefined ? segments.slice(0, -1) : segments;
  return skippableSegmentCount(
    complete.map((segment) => segment.complete!.durationSec),
    serverControl.canSkipUntilSec,
  );
}
