/** One media segment with everything that stands before it: discontinuity, map, date, parts (rule 19: in that order). */
import { attributeTag, formatDuration, quoted } from './attribute-list.ts';
import { partTag, type PlaylistPart } from './part.ts';
import { programDateTimeTag } from './program-date-time.ts';

export interface PlaylistSegment {
  readonly isDiscontinuity: boolean;
  /** Undefined in a gap, where nothing would need it: the map of the segment before goes on. */
  readonly mapUri?: string;
  readonly programDateTimeMs: number;
  /** Empty where parts are not listed (any more). */
  readonly parts: readonly PlaylistPart[];
  readonly isGap?: boolean;
  /** Undefined for the segment still being written: it has parts only. */
  readonly complete?: { readonly uri: string; readonly durationSec: number };
}

/** @param isMapNew true when the segment before it in this playlist used another map, or there is none */
export function segmentLines(segment: PlaylistSegment, isMapNew: boolean): string[] {
  return [
    ...(segment.isDiscontinuity ? ['#EXT-X-DISCONTINUITY'] : []),
    ...(isMapNew && segment.mapUri !== undefined ? [attributeTag('EXT-X-MAP', { URI: quoted(segment.mapUri) })] : []),
    ...(segment.isGap === true ? ['#EXT-X-GAP'] : []),
    programDateTimeTag(segment.programDateTimeMs),
    ...segment.parts.map(partTag),
    ...(segment.complete === undefined
      ? []
      : [`#EXTINF:${formatDuration(segment.complete.durationSec)},`, segment.complete.uri]),
  ];
}
