/** `/api/webinars`: create, look, go live, end, invite. */
import { z } from 'zod';
import {
  displayNameSchema,
  idSchema,
  languageTagSchema,
  permissionsSchema,
  personTitleSchema,
  roleSchema,
  webinarStateSchema,
} from '../../signaling/protocol/index.ts';
import { type AccessTokens } from '../auth/access-tokens.ts';
import { type PlaybackGate } from '../auth/playback-gate.ts';
import { type WebinarRow } from '../store/schema.ts';
import { type WebinarStore } from '../store/webinar-store.ts';
import { type WebinarService } from '../webinars/webinar-service.ts';
import { channelWarnings, warningsSchema } from '../webinars/channel-warnings.ts';
import { channelAmong, languagesSchema, parseLanguages } from '../webinars/languages.ts';
import { visibilitySchema } from '../webinars/visibility.ts';
import { createInvite, viewerUrl, webinarLinks } from './webinar-links.ts';
import { defineRoute, type Route } from './route.ts';

const byWebinar = z.strictObject({ webinarId: idSchema });
const titleSchema = z
  .string()
  .trim()
  .min(1)
  .max(120)
  .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'must not contain control characters');
const webinarSchema = z.object({
  webinarId: idSchema,
  title: z.string(),
  state: webinarStateSchema,
  createdAtMs: z.number(),
  languages: languagesSchema,
  captions: languagesSchema,
  visibility: visibilitySchema,
});
const linksSchema = z.object({ host: z.string(), panelist: z.string(), viewer: z.string() });

export interface WebinarRoutesOptions {
  readonly store: WebinarStore;
  readonly service: WebinarService;
  readonly tokens: AccessTokens;
  /** Who may watch is decided for a new webinar. */
  readonly gate: PlaybackGate;
  readonly inviteLifetimeHours: number;
  readonly wallMs: () => number;
}

export function webinarRoutes(options: WebinarRoutesOptions): Route[] {
  const { store, service, tokens } = options;
  const describe = (row: WebinarRow) => ({
    webinarId: row.webinar_id,
    title: row.title,
    state: service.stateOf(row.webinar_id),
    createdAtMs: row.created_at_ms,
    languages: parseLanguages(row.languages),
    captions: parseLanguages(row.captions),
    visibility: row.visibility,
  });
  const links = ({ webinar_id: webinarId, visibility }: WebinarRow, baseUrl: string) =>
    webinarLinks(tokens, { webinarId, visibility, baseUrl, lifetimeHours: options.inviteLifetimeHours });
  return [
    defineRoute({
      method: 'post',
      path: '/api/webinars',
      access: 'admin',
      status: 201,
      summary: 'Create a webinar; answers with its links.',
      body: z.strictObject({
        title: titleSchema,
        languages: languagesSchema.default([]).describe('What it is interpreted into'),
        captions: languagesSchema.default([]).describe('Languages of captions'),
        visibility: visibilitySchema.default('public'),
      }),
      reply: z.object({ webinarId: idSchema, links: linksSchema }),
      async handle({ body, baseUrl }) {
        const row = await store.create(body);
        options.gate.setVisibility(row.webinar_id, row.visibility);
        return { webinarId: row.webinar_id, links: await links(row, baseUrl) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/webinars',
      access: 'admin',
      summary: 'The newest 500 webinars.',
      reply: z.object({ webinars: z.array(webinarSchema) }),
      handle: async () => ({ webinars: (await store.list()).map(describe) }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/webinars/:webinarId',
      access: 'admin',
      summary: 'One webinar.',
      params: byWebinar,
      reply: webinarSchema,
      errorCodes: ['WEBINAR_NOT_FOUND'],
      handle: async ({ params }) => describe(await store.get(params.webinarId)),
    }),
    defineRoute({
      method: 'post',
      path: '/api/webinars/:webinarId/live',
      access: 'admin',
      summary: 'Go live (true) or end the event (false). Repeating a call changes nothing.',
      params: byWebinar,
      body: z.strictObject({ live: z.boolean() }),
      reply: z.object({ state: webinarStateSchema }),
      errorCodes: ['WEBINAR_NOT_FOUND', 'WEBINAR_BUSY', 'WEBINAR_LIMIT_REACHED', 'WEBINAR_START_FAILED'],
      handle: async ({ params, body }) => ({ state: await service.setLive(params.webinarId, body.live) }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/webinars/:webinarId/invites',
      access: 'admin',
      status: 201,
      summary: "A personal link for one person; a viewer's tells attendance who came, and opens private webinars.",
      params: byWebinar,
      body: z
        .strictObject({
          role: roleSchema,
          name: displayNameSchema,
          title: personTitleSchema.optional().describe('Role or company: the second line of the name label'),
          channel: languageTagSchema.optional(),
          permissions: permissionsSchema.optional().describe('What this person may do, instead of what the role says'),
          waits: z.boolean().optional().describe('Waits in the green room until a host lets them in'),
        })
        .refine(({ role, channel }) => channel === undefined || role === 'panelist', {
          path: ['channel'],
          error: 'is for panelists only',
        })
        .refine(({ role, permissions }) => permissions === undefined || role !== 'viewer', {
          path: ['permissions'],
          error: 'are not for viewers',
        }),
      reply: z.object({ token: z.string(), url: z.string(), warnings: warningsSchema }),
      errorCodes: ['WEBINAR_NOT_FOUND', 'WEBINAR_LANGUAGE_UNKNOWN'],
      async handle({ params, body, baseUrl }) {
        const row = await store.get(params.webinarId);
        const audioChannelId = body.channel && channelAmong(parseLanguages(row.languages), body.channel);
        const invite = await createInvite(tokens, {
          webinarId: row.webinar_id,
          role: body.role,
          displayName: body.name,
          title: body.title,
          permissions: body.permissions,
          waits: body.waits,
          audioChannelId,
          baseUrl,
          lifetimeHours: options.inviteLifetimeHours,
        });
        const channelIds = audioChannelId === undefined ? [] : [audioChannelId];
        return { ...invite, ...channelWarnings(channelIds, service.channelIdsOf(row.webinar_id)) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/demo',
      access: 'public',
      summary: 'The ready-made webinar; its host and panelist links are given to browsers on this machine only.',
      reply: z.object({
        webinarId: idSchema,
        title: z.string(),
        state: webinarStateSchema,
        links: linksSchema.partial({ host: true, panelist: true }),
      }),
      errorCodes: ['WEBINAR_NOT_FOUND'],
      async handle({ isLocal, baseUrl }) {
        const row = await service.demo();
        const { webinarId, title, state } = describe(row);
        return {
          webinarId,
          title,
          state,
          links: isLocal ? await links(row, baseUrl) : { viewer: viewerUrl(baseUrl, webinarId) },
        };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/time',
      access: 'public',
      summary: 'The server clock, for latency displays.',
      reply: z.object({ wallMs: z.number() }),
      handle: async () => ({ wallMs: options.wallMs() }),
    }),
  ];
}
