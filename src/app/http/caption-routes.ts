/** `/api/webinars/:webinarId/captions`: the languages that captions come in, and the captions themselves. */
import { z } from 'zod';
import { addCaptionsSchema, captionsAddedSchema, idSchema } from '../../signaling/protocol/index.ts';
import { type WebinarStore } from '../store/webinar-store.ts';
import { type TimedTextDesk } from '../timed-text/timed-text-desk.ts';
import { languagesSchema, parseLanguages } from '../webinars/languages.ts';
import { defineRoute, type Route } from './route.ts';

export function captionRoutes({ store, desk }: { store: WebinarStore; desk: TimedTextDesk }): Route[] {
  const shared = {
    path: '/api/webinars/:webinarId/captions',
    params: z.strictObject({ webinarId: idSchema }),
  } as const;
  const languages = { access: 'admin', reply: z.object({ languages: languagesSchema }) } as const;
  return [
    defineRoute({
      ...shared,
      ...languages,
      method: 'get',
      summary: 'The languages in which viewers can have captions.',
      errorCodes: ['WEBINAR_NOT_FOUND'],
      handle: async ({ params }) => ({ languages: parseLanguages((await store.get(params.webinarId)).captions) }),
    }),
    defineRoute({
      ...shared,
      ...languages,
      method: 'put',
      summary: 'Replace the languages of captions; holds from the next go-live.',
      body: z.strictObject({ languages: languagesSchema }),
      errorCodes: ['WEBINAR_NOT_FOUND'],
      async handle({ params, body }) {
        await store.setCaptions(params.webinarId, body.languages);
        return { languages: body.languages };
      },
    }),
    defineRoute({
      ...shared,
      access: 'caption',
      method: 'post',
      status: 201,
      summary:
        'Captions for the running event, timed in program time; answers when viewers see them. All or none are taken.',
      body: addCaptionsSchema,
      reply: captionsAddedSchema,
      errorCodes: [
        ...['WEBINAR_NOT_FOUND', 'TIMED_TEXT_NOT_LIVE', 'CAPTIONS_LANGUAGE_UNKNOWN', 'CAPTIONS_TIME_INVALID'],
        ...['CAPTIONS_TOO_MANY', 'HLS_CAPTIONS_FULL'],
      ],
      handle: async ({ params, body }) => desk.addCaptions(params, body),
    }),
  ];
}
