/** `/api/recordings`: list, look, verify, and short-lived links that a browser can play or download from. */
import { z } from 'zod';
import { idSchema } from '../../signaling/protocol/index.ts';
import { type AccessTokens } from '../auth/access-tokens.ts';
import { recordingDetailSchema, recordingSummarySchema } from '../webinars/recording-view.ts';
import { type RecordingCatalog } from '../webinars/recording-catalog.ts';
import { defineRoute, type Route } from './route.ts';

/** Long enough to open a player, short enough that a leaked link is soon worthless. */
const linkLifetimeSec = 300;

const byRecording = z.strictObject({ recordingId: idSchema });
const purposeSchema = z.enum(['play', 'download']);

export function recordingRoutes(options: {
  catalog: RecordingCatalog;
  tokens: AccessTokens;
  wallMs: () => number;
}): Route[] {
  const { catalog, tokens } = options;
  return [
    defineRoute({
      method: 'get',
      path: '/api/recordings',
      access: 'admin',
      summary: 'The newest 500 recordings, finished or not.',
      reply: z.object({ recordings: z.array(recordingSummarySchema) }),
      handle: async () => ({ recordings: await catalog.list() }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/recordings/:recordingId',
      access: 'admin',
      summary: 'One recording with its participants, speaker timeline and gaps.',
      params: byRecording,
      reply: recordingDetailSchema,
      errorCodes: ['REC_NOT_FOUND'],
      handle: async ({ params }) => catalog.detail(params.recordingId),
    }),
    defineRoute({
      method: 'post',
      path: '/api/recordings/:recordingId/links',
      access: 'admin',
      status: 201,
      summary: 'A link for one purpose that works for five minutes.',
      params: byRecording,
      body: z.strictObject({ purpose: purposeSchema }),
      reply: z.object({ url: z.string(), expiresAtMs: z.number() }),
      errorCodes: ['REC_NOT_FOUND', 'REC_NOT_FINISHED', 'REC_NO_MEDIA'],
      async handle({ params, body }) {
        await catalog.assertPlayable(params.recordingId);
        const token = await tokens.issueRecordingLink({
          recordingId: params.recordingId,
          purpose: body.purpose,
          lifetimeSec: linkLifetimeSec,
        });
        return {
          url: `/media/recordings/${token}/recording.mp4`,
          expiresAtMs: options.wallMs() + linkLifetimeSec * 1000,
        };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/recordings/:recordingId/verify',
      access: 'admin',
      summary: 'Reads every object again and compares its SHA-256 with the manifest.',
      params: byRecording,
      reply: z.object({
        ok: z.boolean(),
        checkedCount: z.number(),
        problems: z.array(z.object({ key: z.string(), problem: z.string() })),
      }),
      errorCodes: ['REC_NOT_FOUND', 'REC_NOT_FINISHED'],
      handle: async ({ params }) => catalog.verify(params.recordingId),
    }),
  ];
}
