/** What the journal says, line by line. Replaying these records is the only way to know what a spool holds. */
import { z } from 'zod';
import { partTimingSchema, recordedEventSchema, recordingStartSchema } from '../command-schema.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().nonnegative();
const renditionId = partTimingSchema.shape.renditionId;

export const journalRecordSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('begin'), start: recordingStartSchema }),
  /** A run's file was created and begins with its initialization segment. */
  z.object({ type: z.literal('init'), renditionId, runIndex: count, sizeBytes: count, sha256 }),
  /** Bytes [offsetBytes, offsetBytes + sizeBytes) of the run's file. */
  partTimingSchema.extend({ type: z.literal('part'), offsetBytes: count, sizeBytes: count, crc32: count }),
  /** The open segment of the rendition is closed. `isTorn`: parts of it never arrived. */
  z.object({
    type: z.literal('segment'),
    renditionId,
    mediaSequenceNumber: count,
    sha256,
    isDiscontinuity: z.boolean(),
    isTorn: z.boolean(),
  }),
  z.object({ type: z.literal('uploaded'), name: z.string(), sizeBytes: count, sha256 }),
  z.object({ type: z.literal('event'), event: recordedEventSchema }),
  /** Parts that were sent but could not be kept. `name`: the object that would have held them, kept but found damaged. */
  z.object({
    type: z.literal('loss'),
    atMs: z.number(),
    cause: z.string(),
    partCount: count,
    name: z.string().exactOptional(),
  }),
  /** The recorder process was restarted while the session went on. */
  z.object({ type: z.literal('recorderRestarted'), atMs: z.number() }),
  z.object({ type: z.literal('end'), endedAtMs: z.number(), cause: z.enum(['ended', 'recovered']) }),
  z.object({ type: z.literal('finished'), durationMs: z.number(), sizeBytes: count }),
]);

export type JournalRecord = z.output<typeof journalRecordSchema>;
export type JournaledPart = Extract<JournalRecord, { type: 'part' }>;
