/** Playlist delta updates (rfc8216bis §6.2.5.1, EXT-X-SKIP §4.4.5.2). Pure. */
import { attributeTag, bare, tabSeparated } from './attribute-list.ts';

/** What `_HLS_skip` asks to leave out: nothing, old segments (`YES`), or old date ranges, too (`v2`). */
export type DeltaKind = 'full' | 'segments' | 'segmentsAndDateRanges';

/**
 * How many of the oldest segments a delta update leaves out: those that end farther than the skip boundary from the
 * end of the last complete segment.
 * @param durationsSec complete segments, oldest first
 */
export function skippableSegmentCount(durationsSec: readonly number[], canSkipUntilSec: number): number {
  let fromEndSec = 0;
  for (let index = durationsSec.length - 1; index >= 0; index--) {
    // Half a ms: sums of 2 s segments must not miss the boundary by a rounding error.
    if (fromEndSec >= canSkipUntilSec - 0.0005) return index + 1;
    fromEndSec += durationsSec[index]!;
  }
  return 0;
}

/** @param removedDateRangeIds those that went lately, where old date ranges are left out: a client must forget them (rule 39) */
export function skipTag(skippedSegmentCount: number, removedDateRangeIds?: readonly string[]): string {
  return attributeTag('EXT-X-SKIP', {
    'SKIPPED-SEGMENTS': bare(skippedSegmentCount),
    'RECENTLY-REMOVED-DATERANGES': removedDateRangeIds === undefined ? undefined : tabSeparated(removedDateRangeIds),
  });
}
