/** Recordings as the API shows them: schemas that are also the types. */
import { z } from 'zod';
import { idSchema } from '../../signaling/protocol/index.ts';

export const recordingSummarySchema = z.object({
  recordingId: idSchema,
  webinarId: idSchema,
  title: z.string(),
  startedAtMs: z.number(),
  durationMs: z.number().nullable(),
  sizeBytes: z.number().nullable(),
  /** `empty`: finished, but the event ended before its first picture, so there is nothing to play. */
  state: z.enum(['recording', 'finishing', 'ready', 'empty', 'failed']),
  failureCode: z.string().nullable(),
  /** What goes wrong while it is being recorded; null when nothing does. */
  warning: z.string().nullable(),
  phase: z.string().optional(),
  progressRatio: z.number().optional(),
});
export type RecordingSummary = z.infer<typeof recordingSummarySchema>;

export const recordingDetailSchema = recordingSummarySchema.extend({
  participants: z.array(
    z.object({
      participantId: z.string(),
      displayName: z.string(),
      role: z.string(),
      joinedAtMs: z.number(),
      leftAtMs: z.number().nullable(),
    }),
  ),
  speakers: z.array(z.object({ participantId: z.string(), startSec: z.number(), endSec: z.number() })),
  gaps: z.array(z.object({ startSec: z.number(), endSec: z.number(), cause: z.string() })),
  objectCount: z.number(),
  captions: z.array(z.object({ language: z.string(), name: z.string() })),
});
export type RecordingDetail = z.infer<typeof recordingDetailSchema>;
