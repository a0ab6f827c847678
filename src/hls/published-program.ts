/** A program as the origin serves it, whether it is packaged in this process or in another. */
import { type TypedEmitter } from '../core/typed-emitter.ts';
import { type DateRangeList } from './date-ranges/date-range-list.ts';
import { type ProgramTiming } from './packager/program-timing.ts';
import { type RenditionWindow, type StoredSegment } from './packager/rendition-window.ts';
import { type CaptionRenditionSpec, type RenditionSpec } from './ports.ts';

/** `changed`: something was published or ended; `ended`: nothing more will be; `closed`: the bytes are gone. */
export type ProgramEvents = { changed: []; ended: []; closed: [] };

export interface PublishedProgram {
  readonly webinarId: string;
  readonly sessionId: string;
  /** First video rendition is the players' start. */
  readonly renditions: readonly RenditionSpec[];
  readonly captions: readonly CaptionRenditionSpec[];
  readonly timing: ProgramTiming;
  readonly events: TypedEmitter<ProgramEvents>;
  /** Counts published states; equal numbers mean byte-equal playlists, in every process. */
  readonly version: number;
  /** Monotonic time of that state, of the process that packages: the ages of date ranges count to it. */
  readonly publishedAtMs: number;
  readonly isEnded: boolean;
  readonly isClosed: boolean;
  /** True once every rendition has a complete segment (rule 49). */
  readonly isReady: boolean;
  /** Sequence number of the segment that is open or will be opened next. */
  readonly nextMsn: number;
  /** The run whose first part is still to come, once its inits are there: the next part needs its init. */
  readonly pendingRunIndex: number | undefined;
  /** A window that has parts while a segment is open; captions have none. */
  readonly reference: RenditionWindow;
  /** The smallest picture: its I-frames are for scrubbing. */
  readonly iFrameRendition: RenditionSpec;
  /** What the playlists say about spans of program time. */
  readonly dateRanges: Pick<DateRangeList, 'listed' | 'listedFrom' | 'recentlyRemovedIds'>;
  /** Of pictures, sound or captions. */
  window(renditionId: string): RenditionWindow | undefined;
  isCaptions(renditionId: string): boolean;
  /** False while the newest run leaves the rendition out: what comes next in its playlist is a gap. */
  isCarried(renditionId: string): boolean;
  /** RFC 6381 string out of the rendition's newest init. */
  codecString(renditionId: string): string | undefined;
  /** Bytes of a segment, from memory or a store; undefined when they are gone. @throws HLS_DVR_UNREADABLE, HLS_DVR_BUSY */
  segmentBytes(renditionId: string, segment: StoredSegment): Promise<readonly Uint8Array[] | undefined>;
  /** Ends the program and drops all bytes. Idempotent. */
  close(): void;
}
