/** Captions as a captioner or a speech-to-text program sends them. The same words over HTTP. */
import { z } from 'zod';

/** BCP 47 (RFC 5646): `de`, `pt-BR`, `zh-Hant`. */
export const languageTagSchema = z
  .string()
  .max(35)
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a BCP 47 language tag such as de or pt-BR')
  .refine(isLanguageTag, 'must be a BCP 47 language tag such as de or pt-BR');

const captionLimits = {
  maxCuesPerCall: 50,
  maxTextLength: 300,
  minDurationMs: 200,
  maxDurationMs: 30_000,
} as const;

const durationSchema = z.number().min(captionLimits.minDurationMs).max(captionLimits.maxDurationMs);

const captionCueSchema = z
  .strictObject({
    language: languageTagSchema,
    /** Plain text: markup is shown as it is written. White space is collapsed and lines are broken for you. */
    text: z
      .string()
      .max(captionLimits.maxTextLength)
      .refine((text) => /[\p{L}\p{N}\p{P}\p{S}]/u.test(text), 'must have something to read'),
    /** Wall time, ms since the Unix epoch, on the clock that the call names; `now` is when the call arrives. */
    startAtMs: z.union([z.literal('now'), z.number().min(0).max(8.64e15)]),
    /** One of these two; `now` goes with a duration only. */
    endAtMs: z.number().min(0).max(8.64e15).optional(),
    durationMs: durationSchema.optional(),
  })
  .refine(({ endAtMs, durationMs }) => (endAtMs === undefined) !== (durationMs === undefined), {
    path: ['endAtMs'],
    error: 'give either endAtMs or durationMs',
  })
  .refine(({ startAtMs, endAtMs }) => startAtMs !== 'now' || endAtMs === undefined, {
    path: ['endAtMs'],
    error: 'goes with a startAtMs in numbers only',
  })
  .refine(
    ({ startAtMs, endAtMs }) =>
      startAtMs === 'now' || endAtMs === undefined || durationSchema.safeParse(endAtMs - startAtMs).success,
    {
      path: ['endAtMs'],
      error: `must lie ${captionLimits.minDurationMs} to ${captionLimits.maxDurationMs} ms behind startAtMs`,
    },
  );

export const addCaptionsSchema = z.strictObject({
  /**
   * `program` (the default): the PROGRAM-DATE-TIME of what is seen and heard, for who listens to the broadcast. `capture`:
   * when it was said in front of the microphone, for who listens on the stage.
   */
  clock: z.enum(['program', 'capture']).optional(),
  cues: z.array(captionCueSchema).min(1).max(captionLimits.maxCuesPerCall),
});
export type AddCaptions = z.infer<typeof addCaptionsSchema>;

const spanShape = { startAtMs: z.number(), endAtMs: z.number() };

/** Program times, one entry per cue, in order. */
export const captionsAddedSchema = z.object({
  cues: z.array(
    z.object({
      cueId: z.string(),
      ...spanShape,
      shown: z
        .object({ ...spanShape, delayMs: z.number().describe('Behind its true start; 0 when it came in time') })
        .nullable()
        .describe('When live viewers see it; null when it came too late for them: then it is in the recording only'),
    }),
  ),
});
export type CaptionsAdded = z.infer<typeof captionsAddedSchema>;

function isLanguageTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
