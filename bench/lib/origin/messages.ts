/** What the bench tells its processes, and what they answer. */

/** Monotonic time that all processes of one machine share, ms. */
export function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** One number for one part of all renditions. */
export function partNumber(mediaSequenceNumber: number, partIndex: number): number {
  return mediaSequenceNumber * 1000 + partIndex;
}

export interface OriginReady {
  readonly type: 'ready';
  readonly port: number;
  readonly partDurationSec: number;
}

export interface OriginSample {
  readonly type: 'sample';
  readonly atMs: number;
  readonly requestCount: number;
  readonly heldCount: number;
  /** After a garbage collection. */
  readonly heapBytes: number;
  readonly residentBytes: number;
  /** When each part was published: `partNumber` and `machineMs`, in turns. */
  readonly published: readonly number[];
}

/** Makes the program private. */
export interface IssueTokens {
  readonly type: 'issue';
  readonly count: number;
}

export interface IssuedTokens {
  readonly type: 'tokens';
  readonly tokens: readonly string[];
}

export interface LoadStart {
  readonly type: 'start';
  readonly port: number;
  readonly webinarId: string;
  /** One per viewer of a private program, else none. */
  readonly tokens: readonly string[];
  readonly viewerCount: number;
  /** The viewers of this process come evenly within this time. */
  readonly rampMs: number;
}

export interface LoadReport {
  readonly type: 'report';
  readonly responseCount: number;
  readonly mediaBytes: number;
  /** Viewers with a playlist in hand. */
  readonly followingCount: number;
  /** `partNumber` and `machineMs` of its last byte, in turns: video parts and audio parts. */
  readonly received: Float64Array;
  /** Between the last bytes of two parts in a row, of one rendition and viewer, ms. */
  readonly intervalsMs: Float64Array;
  /** What went wrong, and how often. */
  readonly failures: Readonly<Record<string, number>>;
}
