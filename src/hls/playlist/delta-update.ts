/** Playlist delta updates (rfc8216bis §6.2.5.1, EXT-X-SKIP §4.4.5.2). Pure. */
import { attributeTag, bare } from './attribute-list.ts';

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

export function skipTag(skippedSegmentCount: number): string {
  return attributeTag('EXT-X-SKIP', { 'SKIPPED-SEGMENTS': bare(skippedSegmentCount) });
}
