/** What the recorder needs from others, and the shapes that cross its door. All of it survives a message channel. */

/** Opens one recording: one live session of one webinar. */
export interface RecordingStart {
  readonly webinarId: string;
  /** Also the recording's id. */
  readonly sessionId: string;
  readonly title: string;
  /** Wall time of the start, ms since the Unix epoch. */
  readonly startedAtMs: number;
  readonly renditions: readonly {
    readonly renditionId: string;
    readonly kind: 'video' | 'audio';
    readonly peakBitsPerSec: number;
    readonly width?: number;
    readonly height?: number;
    readonly frameRate?: number;
  }[];
  /** Languages in which captions may come; none by default. */
  readonly captions?: readonly { readonly language: string; readonly name: string }[];
}

export interface RecordedInit {
  readonly renditionId: string;
  readonly runIndex: number;
  readonly bytes: Uint8Array;
}

/** A fragment of the part that is still open: kept if that costs nothing, so that a kill loses less. */
export interface RecordedFragment {
  readonly renditionId: string;
  readonly runIndex: number;
  /** moof + mdat as the encoder gave it. */
  readonly bytes: Uint8Array;
  /** Media time behind it. */
  readonly endTicks: number;
}

export interface RecordedPart {
  readonly renditionId: string;
  readonly runIndex: number;
  readonly mediaSequenceNumber: number;
  readonly partIndex: number;
  readonly bytes: Uint8Array;
  readonly startTicks: number;
  readonly durationTicks: number;
  readonly timescaleHz: number;
  readonly programDateTimeMs: number;
}

export interface RecordedSegment {
  readonly renditionId: string;
  readonly runIndex: number;
  readonly mediaSequenceNumber: number;
  readonly partCount: number;
  readonly durationTicks: number;
  readonly timescaleHz: number;
  readonly isDiscontinuity: boolean;
  readonly programDateTimeMs: number;
}

/** What happened on stage, for the manifest; atMs is wall time. */
export type RecordedEvent =
  | {
      readonly type: 'participantJoined';
      readonly atMs: number;
      readonly participantId: string;
      readonly displayName: string;
      readonly role: string;
    }
  | { readonly type: 'participantLeft'; readonly atMs: number; readonly participantId: string }
  | { readonly type: 'speakerChanged'; readonly atMs: number; readonly participantId: string | null }
  /** What viewers see from now on; `name` is null while nobody is on stage. */
  | {
      readonly type: 'layoutChanged';
      readonly atMs: number;
      readonly name: string | null;
      readonly participantIds: readonly string[];
    }
  /** `live` is the stage, everything else a slate. */
  | { readonly type: 'sceneChanged'; readonly atMs: number; readonly scene: string }
  /** Text for viewers, with its true program time. */
  | {
      readonly type: 'caption';
      readonly atMs: number;
      readonly endAtMs: number;
      readonly cueId: string;
      readonly language: string;
      /** Plain, one line. */
      readonly text: string;
      /** How much later live viewers saw it; null when they did not. */
      readonly delayMs: number | null;
    }
  /** A slide, a question, a poll: a span of program time. */
  | {
      readonly type: 'mark';
      readonly atMs: number;
      /** Null: until the next of its kind. */
      readonly endAtMs: number | null;
      readonly markId: string;
      readonly kind: string;
      readonly attributes: Readonly<Record<string, string>>;
    }
  /** `runIndex` is that of the run that ended; missing in spools of earlier versions. */
  | { readonly type: 'programInterrupted'; readonly atMs: number; readonly runIndex?: number; readonly cause: string };

/** Messages to the recorder, each numbered by the sender (1, 2, ...) so that unacknowledged ones can be sent again. */
export type RecorderCommand = { readonly sequence: number } & (
  | { readonly type: 'begin'; readonly start: RecordingStart }
  | { readonly type: 'init'; readonly sessionId: string; readonly init: RecordedInit }
  | { readonly type: 'part'; readonly sessionId: string; readonly part: RecordedPart }
  | { readonly type: 'segment'; readonly sessionId: string; readonly segment: RecordedSegment }
  | { readonly type: 'event'; readonly sessionId: string; readonly event: RecordedEvent }
  | { readonly type: 'end'; readonly sessionId: string; readonly endedAtMs: number }
);

export type RecorderEvent =
  /** Spool opened, leftovers of an earlier life are being finished. */
  | { readonly type: 'ready' }
  /** Everything up to and including this sequence is durable (fsync returned). */
  | { readonly type: 'acknowledged'; readonly sequence: number }
  | {
      readonly type: 'progress';
      readonly sessionId: string;
      readonly phase: 'uploading' | 'remuxing' | 'hashing';
      readonly ratio: number;
    }
  /** The recording is complete in the object store. */
  | {
      readonly type: 'finished';
      readonly sessionId: string;
      readonly webinarId: string;
      readonly durationMs: number;
      readonly sizeBytes: number;
    }
  /** The recording cannot be finished by this process; its spool is kept and the next start tries again. */
  | { readonly type: 'failed'; readonly sessionId: string; readonly code: string; readonly message: string }
  /** Disk full or write error: media of this session is being lost until `resumed`. */
  | { readonly type: 'interrupted'; readonly sessionId: string; readonly code: string; readonly message: string }
  | { readonly type: 'resumed'; readonly sessionId: string; readonly lostPartCount: number };

/**
 * Bytes by key: local folder by default, S3 later. Keys are `recordings/<webinarId>/<sessionId>/...`.
 * A put is atomic (readers see the old or the new whole object) and durable when it resolves.
 */
export interface ObjectStore {
  put(key: string, body: Uint8Array | NodeJS.ReadableStream, contentType: string): Promise<void>;
  /**
   * Takes a finished, closed local file into the store without holding it in memory. The source stays and must not be
   * changed any more (a local store may share its bytes); its owner removes it.
   */
  putFile(key: string, path: string, contentType: string): Promise<void>;
  /** Undefined when the key does not exist. */
  head(key: string): Promise<{ readonly sizeBytes: number } | undefined>;
  /** `range` is inclusive byte positions. @throws REC_OBJECT_NOT_FOUND */
  get(key: string, range?: { readonly start: number; readonly end: number }): Promise<NodeJS.ReadableStream>;
  /** Keys below a prefix, sorted. */
  list(prefix: string): Promise<readonly string[]>;
}
