/**
 * One media segment with everything that stands before it: date ranges that were appended before it was there,
 * discontinuity, map, date, parts (rule 19: in that order) with date ranges between them.
 */
import { attributeTag, formatDuration, quoted } from './attribute-list.ts';
import { partTag, type PlaylistPart } from './part.ts';
import { programDateTimeTag } from './program-date-time.ts';

export interface PlaylistSegment {
  readonly isDiscontinuity: boolean;
  /** Undefined in a gap, where nothing would need it (the map of the segment before goes on), and for text, which has none. */
  readonly mapUri?: string;
  readonly programDateTimeMs: number;
  /** Empty where parts are not listed (any more). */
  readonly parts: readonly PlaylistPart[];
  readonly isGap?: boolean;
  /** Undefined for the segment still being written: it has parts only. */
  readonly complete?: {
    readonly uri: string;
    readonly durationSec: number;
    /** Only so many bytes from the beginning of the resource; all of it by default. */
    readonly byteLength?: number;
  };
}

/** A tag that was appended when so many parts of the segment were there. */
export interface AnchoredTag {
  readonly tag: string;
  readonly partIndex: number;
}

/** @param isMapNew true when the segment before it in this playlist used another map, or there is none */
export function segmentLines(
  segment: PlaylistSegment,
  isMapNew: boolean,
  anchored: readonly AnchoredTag[] = [],
): string[] {
  const tagsBehind = (isHere: (partIndex: number) => boolean) =>
    anchored.filter(({ partIndex }) => isHere(partIndex)).map(({ tag }) => tag);
  return [
    ...tagsBehind((partIndex) => partIndex === 0),
    ...(segment.isDiscontinuity ? ['#EXT-X-DISCONTINUITY'] : []),
    ...(isMapNew && segment.mapUri !== undefined ? [attributeTag('EXT-X-MAP', { URI: quoted(segment.mapUri) })] : []),
    ...(segment.isGap === true ? ['#EXT-X-GAP'] : []),
    programDateTimeTag(segment.programDateTimeMs),
    ...segment.parts.flatMap((part, index) => [
      ...(index === 0 ? [] : tagsBehind((partIndex) => partIndex === index)),
      partTag(part),
    ]),
    // Behind all parts, also those that the playlist does not list any more.
    ...tagsBehind((partIndex) => partIndex > 0 && partIndex >= segment.parts.length),
    ...(segment.complete === undefined
      ? []
      : [
          `#EXTINF:${formatDuration(segment.complete.durationSec)},`,
          ...(segment.complete.byteLength === undefined ? [] : [`#EXT-X-BYTERANGE:${segment.complete.byteLength}@0`]),
          segment.complete.uri,
        ]),
  ];
}
