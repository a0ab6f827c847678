/** Moments of the program as a program of the host's sends them: a slide, a question that is answered, a poll. */
import { z } from 'zod';

const line = (maxLength: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'must not contain control characters');

const momentShape = {
  /** Wall time, ms since the Unix epoch, on the clock that the call names; now by default. */
  startAtMs: z.union([z.literal('now'), z.number().min(0).max(8.64e15)]).optional(),
  /** `program` (the default): of what is seen and heard. `capture`: of what happens on the stage. */
  clock: z.enum(['program', 'capture']).optional(),
};
/** How long viewers are told. */
const durationMs = z.number().int().min(1000).max(600_000).optional();

export const markSchema = z.discriminatedUnion('type', [
  /** Until the next slide. */
  z.strictObject({
    type: z.literal('slide'),
    number: z.number().int().min(1).max(9999).optional(),
    title: line(200),
    ...momentShape,
  }),
  z.strictObject({
    type: z.literal('question'),
    text: line(300),
    askedBy: line(60).optional(),
    durationMs,
    ...momentShape,
  }),
  z.strictObject({
    type: z.literal('poll'),
    pollId: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
    question: line(300),
    state: z.enum(['opened', 'closed']),
    durationMs,
    ...momentShape,
  }),
]);
export type Mark = z.infer<typeof markSchema>;
