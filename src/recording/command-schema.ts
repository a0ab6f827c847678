/** Shapes of what enters the recorder from outside: message channel and journal are held to the same rules. */
import { z } from 'zod';
import { idPattern } from '../core/ids.ts';

const id = z.string().regex(idPattern);
const count = z.number().int().nonnegative();
const positive = z.number().int().positive();
/** Wall time, ms since the Unix epoch. */
const wallMs = z.number().finite();
const bytes = z
  .custom<Uint8Array>((value) => value instanceof Uint8Array)
  .refine((value) => value.length > 0, 'must not be empty');
/** Ids of renditions become file names. */
const renditionId = id;

/** Becomes part of object names in lower case. */
const captionLanguage = z.string().regex(/^[A-Za-z0-9-]{2,35}$/);

export const recordingStartSchema = z.object({
  webinarId: id,
  sessionId: id,
  title: z.string().max(1000),
  startedAtMs: wallMs,
  renditions: z
    .array(
      z.object({
        renditionId,
        kind: z.enum(['video', 'audio']),
        peakBitsPerSec: z.number().positive(),
        width: positive.exactOptional(),
        height: positive.exactOptional(),
        frameRate: z.number().positive().exactOptional(),
      }),
    )
    .min(1)
    .max(32)
    .readonly(),
  captions: z
    .array(z.object({ language: captionLanguage, name: z.string().min(1).max(100) }))
    .max(32)
    .readonly()
    .exactOptional(),
});

export const recordedEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('participantJoined'),
    atMs: wallMs,
    participantId: z.string().max(200),
    displayName: z.string().max(1000),
    role: z.string().max(100),
  }),
  z.object({ type: z.literal('participantLeft'), atMs: wallMs, participantId: z.string().max(200) }),
  z.object({ type: z.literal('speakerChanged'), atMs: wallMs, participantId: z.string().max(200).nullable() }),
  z.object({
    type: z.literal('layoutChanged'),
    atMs: wallMs,
    name: z.string().max(100).nullable(),
    participantIds: z.array(z.string().max(200)).max(32).readonly(),
  }),
  z.object({ type: z.literal('sceneChanged'), atMs: wallMs, scene: z.string().max(100) }),
  z.object({
    type: z.literal('programInterrupted'),
    atMs: wallMs,
    runIndex: count.exactOptional(),
    cause: z.string().max(1000),
  }),
  z.object({
    type: z.literal('caption'),
    atMs: wallMs,
    endAtMs: wallMs,
    cueId: z.string().regex(/^[A-Za-z0-9-]{1,40}$/),
    language: captionLanguage,
    text: z.string().min(1).max(1000),
    delayMs: z.number().nullable(),
  }),
  z.object({
    type: z.literal('mark'),
    atMs: wallMs,
    endAtMs: wallMs.nullable(),
    markId: z.string().regex(/^[A-Za-z0-9-]{1,40}$/),
    kind: z.string().regex(/^[a-z]{1,40}$/),
    attributes: z.record(z.string().regex(/^[A-Z-]{1,40}$/), z.string().max(1000)).readonly(),
  }),
]);

export const partTimingSchema = z.object({
  renditionId,
  runIndex: count,
  mediaSequenceNumber: count,
  partIndex: count,
  startTicks: count,
  durationTicks: positive,
  timescaleHz: positive,
  programDateTimeMs: wallMs,
});

const sequence = count;
const sessionId = id;

export const recorderMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('begin'), sequence, start: recordingStartSchema }),
  z.object({
    type: z.literal('init'),
    sequence,
    sessionId,
    init: z.object({ renditionId, runIndex: count, bytes }),
  }),
  z.object({ type: z.literal('part'), sequence, sessionId, part: partTimingSchema.extend({ bytes }) }),
  z.object({
    type: z.literal('segment'),
    sequence,
    sessionId,
    segment: z.object({
      renditionId,
      runIndex: count,
      mediaSequenceNumber: count,
      partCount: positive,
      durationTicks: positive,
      timescaleHz: positive,
      isDiscontinuity: z.boolean(),
      programDateTimeMs: wallMs,
    }),
  }),
  z.object({ type: z.literal('event'), sequence, sessionId, event: recordedEventSchema }),
  z.object({ type: z.literal('end'), sequence, sessionId, endedAtMs: wallMs }),
  /** Parts the sender had to drop because the recorder was away too long. */
  z.object({
    type: z.literal('loss'),
    sequence,
    sessionId,
    atMs: wallMs,
    cause: z.string().max(100),
    partCount: positive,
  }),
  /** Of the part that is still open; neither numbered nor acknowledged nor sent again. */
  z.object({
    type: z.literal('fragment'),
    sessionId,
    fragment: z.object({ renditionId, runIndex: count, endTicks: count, bytes }),
  }),
  /** First message of every connection: the sessions the sender still cares for. */
  z.object({
    type: z.literal('hello'),
    sessions: z
      .array(z.object({ start: recordingStartSchema, isEnded: z.boolean() }))
      .max(1000)
      .readonly(),
  }),
]);

export type RecorderMessage = z.output<typeof recorderMessageSchema>;
/** What is acknowledged when it is durable. */
export type NumberedMessage = Extract<RecorderMessage, { sequence: number }>;
export type SessionCommand = Extract<NumberedMessage, { sessionId: string }>;
export type FragmentMessage = Extract<RecorderMessage, { type: 'fragment' }>;
