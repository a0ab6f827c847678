/** `/api/webinars/:webinarId/languages`: what a webinar is interpreted into. */
import { z } from 'zod';
import { idSchema } from '../../signaling/protocol/index.ts';
import { type WebinarStore } from '../store/webinar-store.ts';
import { channelWarnings, warningsSchema } from '../webinars/channel-warnings.ts';
import { channelIdOf, languagesSchema, parseLanguages } from '../webinars/languages.ts';
import { type WebinarService } from '../webinars/webinar-service.ts';
import { defineRoute, type Route } from './route.ts';

export function languageRoutes({ store, service }: { store: WebinarStore; service: WebinarService }): Route[] {
  const shared = {
    access: 'admin',
    path: '/api/webinars/:webinarId/languages',
    params: z.strictObject({ webinarId: idSchema }),
    reply: z.object({ languages: languagesSchema, warnings: warningsSchema }),
    errorCodes: ['WEBINAR_NOT_FOUND'],
  } as const;
  return [
    defineRoute({
      ...shared,
      method: 'get',
      summary: 'The languages viewers can choose besides the floor.',
      handle: async ({ params }) => ({ languages: parseLanguages((await store.get(params.webinarId)).languages) }),
    }),
    defineRoute({
      ...shared,
      method: 'put',
      summary: 'Replace the languages; holds from the next go-live. Invite interpreters with the tag as their channel.',
      body: z.strictObject({ languages: languagesSchema }),
      async handle({ params, body }) {
        await store.setLanguages(params.webinarId, body.languages);
        const channelIds = body.languages.map(({ tag }) => channelIdOf(tag));
        return {
          languages: body.languages,
          ...channelWarnings(channelIds, service.channelIdsOf(params.webinarId)),
        };
      },
    }),
  ];
}
