/** What the HLS packager needs from others, and the shapes that cross its door. */

/** A request for media, as far as letting it in goes. */
export interface PlaybackRequest {
  readonly webinarId: string;
  /** As it came, unchecked; undefined when none did. */
  readonly token: string | undefined;
  /** Whom it counts against. */
  readonly clientKey: string;
}

/** Somebody may watch. */
export interface Admission {
  /** True when they needed a token for it. */
  readonly isPrivate: boolean;
  /** For how long that can be relied on without asking again, whole seconds. */
  readonly validForSec: number;
}

/**
 * Decides who may watch; asked before anything is looked up, rendered or held. Throws a coded error, with an HTTP status,
 * for who may not. Should answer without a promise when it can: it is asked for every request.
 */
export interface PlaybackAccess {
  admit(request: PlaybackRequest): Admission | Promise<Admission>;
}

export interface DvrSegment {
  readonly renditionId: string;
  readonly mediaSequenceNumber: number;
}

/** Where closed segments of one program are kept, outside of memory, for viewers who go back. */
export interface DvrStore {
  /** Called again when it failed. Resolves when `get` gives the segment back. */
  put(segment: DvrSegment, parts: readonly Uint8Array[]): Promise<void>;
  /** Undefined when it is not there. */
  get(segment: DvrSegment): Promise<Uint8Array | undefined>;
  /** Never rejects. */
  delete(segment: DvrSegment): Promise<void>;
  /** Drops everything. Never rejects. */
  clear(): Promise<void>;
}

/** Bytes for viewers under an address of their own. */
export interface HlsObject {
  /** `webinar/session/video-720p/media.m3u8`. */
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly contentEncoding?: 'gzip';
  readonly cacheControl: string;
}

/** Where viewers get plain HLS when the origin cannot be reached. Every call ends soon after its signal aborts. */
export interface HlsStore {
  /** What was there before stays whole until this is. Resolves when viewers get it. */
  put(object: HlsObject, signal: AbortSignal): Promise<void>;
  /** No error for what is not there. */
  delete(key: string, signal: AbortSignal): Promise<void>;
  /** Nothing is asked of it any more. */
  close(): void;
}

/** One encoded version of one media type; the id is used in paths: `video-720p`, `audio-main`. */
export interface RenditionSpec {
  readonly renditionId: string;
  readonly kind: 'video' | 'audio';
  /** Bits per second that a segment may reach at its peak, container included. */
  readonly peakBitsPerSec: number;
  readonly averageBitsPerSec: number;
  readonly video?: { readonly width: number; readonly height: number; readonly frameRate: number };
  readonly audio?: { readonly channels: number; readonly language: string; readonly name: string };
}

/** Captions in one language, for the whole program; the id is used in paths: `captions-en`. */
export interface CaptionRenditionSpec {
  readonly renditionId: string;
  /** BCP 47. */
  readonly language: string;
  /** As viewers choose it. */
  readonly name: string;
}

/** One life of an encoder. A new run continues the timeline behind an EXT-X-DISCONTINUITY. */
export interface ProgramRun {
  /** 0, 1, 2 ...: never reused within a session. */
  readonly runIndex: number;
  /** Media time of the run's first video frame, in seconds, as its tfdt says; as `nextRunStartSec` gave it. */
  readonly startTimeSec: number;
  /** Wall time of that frame, ms since the Unix epoch: the anchor of every PROGRAM-DATE-TIME in the run. */
  readonly frameZeroWallMs: number;
  /**
   * What this run carries, all renditions of the program by default; at least one of each kind that the program has.
   * The playlists of the others list gaps for as long as it lasts.
   */
  readonly renditionIds?: readonly string[];
}

export interface ClosedInit {
  readonly renditionId: string;
  readonly runIndex: number;
  /** ftyp + moov. */
  readonly bytes: Uint8Array;
}

/** What the encoder gave out of a part that is not whole yet. */
export interface TakenFragment {
  readonly renditionId: string;
  readonly runIndex: number;
  /** moof + mdat as it came. */
  readonly bytes: Uint8Array;
  /** Media time behind everything taken so far, in ticks of the rendition. */
  readonly endTicks: number;
}

export interface ClosedPart {
  readonly renditionId: string;
  readonly runIndex: number;
  readonly mediaSequenceNumber: number;
  readonly partIndex: number;
  /** One styp-less moof + mdat; the concatenation of a segment's parts is the segment. */
  readonly bytes: Uint8Array;
  readonly startTicks: number;
  readonly durationTicks: number;
  readonly timescaleHz: number;
  readonly isIndependent: boolean;
  /** Wall time of the part's first sample, ms since the Unix epoch. */
  readonly programDateTimeMs: number;
}

export interface ClosedSegment {
  readonly renditionId: string;
  readonly runIndex: number;
  readonly mediaSequenceNumber: number;
  readonly partCount: number;
  readonly startTicks: number;
  readonly durationTicks: number;
  readonly timescaleHz: number;
  /** True when an EXT-X-DISCONTINUITY precedes it. */
  readonly isDiscontinuity: boolean;
  readonly programDateTimeMs: number;
}

/**
 * Hears everything the program publishes, in order and synchronously. Must return at once: whoever stores bytes
 * queues them on its own side (policy there), because live outranks recording.
 */
export interface ProgramSink {
  /** Before anything else of that run; `renditionIds` is always given. */
  runBegan(run: Required<ProgramRun>): void;
  initClosed(init: ClosedInit): void;
  /** Comes once more inside the part that it belongs to. */
  fragmentTaken(fragment: TakenFragment): void;
  partClosed(part: ClosedPart): void;
  segmentClosed(segment: ClosedSegment): void;
  programEnded(): void;
}
