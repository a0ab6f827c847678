/** A media playlist as it was read (rfc8216bis §4.4.3 to §4.4.5): everything the rules need, and where it stood. */
import { type AttributeList, type AttributeMap } from './attribute-list.ts';
import { type SyntaxBreach } from './playlist-lines.ts';

export interface ByteRange {
  readonly lengthBytes: number;
  /** Undefined: behind the range before it. */
  readonly startBytes: number | undefined;
}

export interface ParsedPart {
  readonly uri: string;
  readonly durationSec: number;
  readonly isIndependent: boolean;
  readonly isGap: boolean;
  readonly byteRange: ByteRange | undefined;
  readonly line: number;
}

export interface ParsedSegment {
  readonly mediaSequenceNumber: number;
  /** Undefined for the segment that is still open. */
  readonly uri: string | undefined;
  readonly durationSec: number | undefined;
  /** As printed. */
  readonly durationText: string | undefined;
  readonly programDateTimeMs: number | undefined;
  readonly programDateTimeText: string | undefined;
  readonly isDiscontinuity: boolean;
  readonly isGap: boolean;
  readonly discontinuitySequence: number;
  /** Map in force; undefined in a delta update where it was not repeated. */
  readonly mapUri: string | undefined;
  readonly mapByteRange: ByteRange | undefined;
  /** Effective EXT-X-KEY other than METHOD=NONE. */
  readonly isEncrypted: boolean;
  readonly byteRange: ByteRange | undefined;
  readonly parts: readonly ParsedPart[];
  /** Tags in the order they came, names only. */
  readonly tagOrder: readonly string[];
  /** Tags of this segment alone that must never change: neither sticky ones nor those with a rule of their own. */
  readonly fixedLines: readonly string[];
  /** Of its EXTINF, or of its first tag. */
  readonly line: number;
}

export interface ParsedAttributes extends AttributeList {
  readonly line: number;
}

export interface ParsedMediaPlaylist {
  readonly kind: 'media';
  readonly url: string;
  readonly text: string;
  readonly breaches: readonly SyntaxBreach[];
  /** Value and line of every tag that may come once. */
  readonly header: ReadonlyMap<string, { readonly value: string; readonly line: number }>;
  readonly hasDefine: boolean;
  readonly hasQueryDefine: boolean;
  /** Undefined when EXT-X-VERSION is missing, which means 1. */
  readonly version: number | undefined;
  readonly targetDurationSec: number | undefined;
  readonly serverControl: AttributeMap;
  readonly serverControlLine: string | undefined;
  readonly partTargetSec: number | undefined;
  /** 0 when the tag is missing. */
  readonly mediaSequenceNumber: number;
  readonly discontinuitySequence: number;
  readonly playlistType: string | undefined;
  readonly skippedSegmentCount: number;
  readonly skip: AttributeMap | undefined;
  readonly segments: readonly ParsedSegment[];
  readonly open: ParsedSegment | undefined;
  readonly preloadHints: readonly ParsedAttributes[];
  readonly renditionReports: readonly ParsedAttributes[];
  readonly dateRanges: readonly ParsedAttributes[];
  readonly isEnded: boolean;
}

/** Complete segments, and the open one behind them. */
export function allSegments(playlist: ParsedMediaPlaylist): readonly ParsedSegment[] {
  return playlist.open === undefined ? playlist.segments : [...playlist.segments, playlist.open];
}

/** Low-latency HLS is what lists parts or announces them; Apple's profile for it is only asked of such a stream. */
export function isLowLatency(playlist: ParsedMediaPlaylist): boolean {
  return playlist.partTargetSec !== undefined || allSegments(playlist).some(({ parts }) => parts.length > 0);
}

export function canBlockReload(playlist: ParsedMediaPlaylist): boolean {
  return playlist.serverControl.get('CAN-BLOCK-RELOAD') === 'YES';
}

/** Where a playlist ends: the newest complete segment, and the parts of the open one. */
export interface PlaylistEnd {
  /** -1 when no complete segment is known. */
  readonly lastMsn: number;
  readonly openPartCount: number;
}

export function endOf(playlist: ParsedMediaPlaylist): PlaylistEnd {
  const firstOpen = playlist.mediaSequenceNumber + playlist.skippedSegmentCount + playlist.segments.length;
  return { lastMsn: firstOpen - 1, openPartCount: playlist.open?.parts.length ?? 0 };
}

/** Negative when `a` ends before `b`. */
export function compareEnds(a: PlaylistEnd, b: PlaylistEnd): number {
  return a.lastMsn - b.lastMsn || a.openPartCount - b.openPartCount;
}

export function sumSec(values: readonly { readonly durationSec?: number | undefined }[]): number {
  return values.reduce((sum, { durationSec }) => sum + (durationSec ?? 0), 0);
}
