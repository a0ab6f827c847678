/** What the process that packages tells others that serve the same programs, and the check of it. */
import { z } from 'zod';
import { hlsError } from '../errors.ts';
import { type ProgramChange, type ProgramSnapshot, type PublishedState } from '../packager/change-journal.ts';

const bytes = z.instanceof(Uint8Array);
const count = z.int().min(0);
const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

const rendition = z.strictObject({
  renditionId: id,
  kind: z.enum(['video', 'audio']),
  peakBitsPerSec: z.number(),
  averageBitsPerSec: z.number(),
  video: z.strictObject({ width: count, height: count, frameRate: z.number() }).exactOptional(),
  audio: z.strictObject({ channels: count, language: z.string(), name: z.string() }).exactOptional(),
});

const captions = z.strictObject({ renditionId: id, language: z.string(), name: z.string() });

const timing = z.strictObject({
  frameTicks: count,
  segmentFrameCount: count,
  partFrameCount: count,
  partsPerSegment: count,
  segmentSec: z.number(),
  targetDurationSec: z.number(),
  arePartsListed: z.boolean(),
  partTargetSec: z.number(),
  partHoldBackSec: z.number(),
  holdBackSec: z.number(),
  canSkipUntilSec: z.number(),
});

const segmentHead = z.strictObject({
  mediaSequenceNumber: count,
  runIndex: count,
  isDiscontinuity: z.boolean(),
  isGap: z.boolean(),
  startTicks: z.number(),
  programDateTimeMs: z.number(),
});

const part = z.strictObject({ bytes, durationTicks: z.number(), isIndependent: z.boolean() });

const segment = z.strictObject({
  ...segmentHead.shape,
  parts: z.array(part),
  durationTicks: z.number(),
  sizeBytes: count,
  keyframeBytes: count,
  isStored: z.boolean(),
});

const windowState = z.strictObject({
  inits: z.array(z.strictObject({ runIndex: count, bytes })),
  segments: z.array(segment),
  removed: z.array(z.strictObject({ segment, expiresAtMs: z.number() })),
  open: segment.nullable(),
  discontinuitySequence: count,
  newestRunIndex: z.int().min(-1),
  peakBitsPerSec: z.number(),
  keyframePeakBitsPerSec: z.number(),
});

const windowCall = z.discriminatedUnion('call', [
  z.strictObject({ call: z.literal('putInit'), runIndex: count, bytes }),
  z.strictObject({ call: z.literal('openSegment'), head: segmentHead }),
  z.strictObject({ call: z.literal('addPart'), part, keyframeBytes: count }),
  z.strictObject({ call: z.literal('closeSegment') }),
  z.strictObject({ call: z.literal('releaseBytes'), fromMsn: z.int(), toMsn: z.int() }),
  z.strictObject({ call: z.literal('removeOldest'), nowMs: z.number(), maxInMemorySec: z.number().nullable() }),
  z.strictObject({ call: z.literal('dropExpired'), nowMs: z.number() }),
]);

const dateRange = z
  .strictObject({
    id: z.string(),
    kind: z.string(),
    startMs: z.number(),
    endMs: z.number().optional(),
    attributes: z.record(z.string(), z.string()),
  })
  // JSON has no undefined.
  .transform(({ endMs, ...known }) => ({ ...known, endMs }));

const anchor = { mediaSequenceNumber: count, partIndex: count };

const dateRangeState = z.strictObject({
  held: z.array(z.strictObject({ ...anchor, tag: z.string(), addedAtMs: z.number(), range: dateRange })),
  removed: z.array(z.strictObject({ id: z.string(), atMs: z.number() })),
});

const dateRangeCall = z.discriminatedUnion('call', [
  z.strictObject({ call: z.literal('add'), range: dateRange, anchor: z.strictObject(anchor), nowMs: z.number() }),
  z.strictObject({
    ...{ call: z.literal('removeBefore'), firstListedMs: z.number(), nowMs: z.number(), rememberMs: z.number() },
  }),
]);

const publishedState = z.strictObject({
  version: count,
  publishedAtMs: z.number(),
  nextMsn: count,
  isEnded: z.boolean(),
  carriedIds: z.array(id),
  pendingRunIndex: count.nullable(),
  codecStrings: z.record(id, z.string()),
});

const programSnapshot = z.strictObject({
  webinarId: id,
  sessionId: id,
  renditions: z.array(rendition).min(1),
  captions: z.array(captions),
  timing,
  windows: z.array(z.strictObject({ renditionId: id, timescaleHz: count, state: windowState })),
  dateRanges: dateRangeState,
  published: publishedState,
});

const programChange = z.discriminatedUnion('to', [
  z.strictObject({ to: z.literal('window'), renditionId: id, call: windowCall }),
  z.strictObject({ to: z.literal('dateRanges'), call: dateRangeCall }),
]);

const feedFrameSchema = z.discriminatedUnion('kind', [
  /** All of a program, at the beginning and for each new one. */
  z.strictObject({ kind: z.literal('program'), program: programSnapshot }),
  /** Everything that was there at the beginning has been told: what was not is gone. */
  z.strictObject({ kind: z.literal('complete') }),
  /** From one published state to the next; applied as a whole, or a request in between would see neither. */
  z.strictObject({
    ...{ kind: z.literal('changes'), sessionId: id, changes: z.array(programChange), published: publishedState },
  }),
  z.strictObject({ kind: z.literal('removed'), sessionId: id }),
  /** Nothing has happened for a while. */
  z.strictObject({ kind: z.literal('alive') }),
]);

export type FeedFrame =
  | { readonly kind: 'program'; readonly program: ProgramSnapshot }
  | { readonly kind: 'complete' }
  | {
      readonly kind: 'changes';
      readonly sessionId: string;
      readonly changes: readonly ProgramChange[];
      readonly published: PublishedState;
    }
  | { readonly kind: 'removed'; readonly sessionId: string }
  | { readonly kind: 'alive' };

/** @throws HLS_FEED_INVALID */
export function parseFeedFrame(value: unknown): FeedFrame {
  const parsed = feedFrameSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw hlsError('HLS_FEED_INVALID', { details: { at: issue?.path.join('.'), problem: issue?.message } });
}
