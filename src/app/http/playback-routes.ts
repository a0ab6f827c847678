/** Who may watch a webinar, and what those who may get to know: `/public`, `/playback`, `/visibility`, `/viewer-link`, `/api/live`. */
import { z } from 'zod';
import { idSchema, webinarStateSchema } from '../../signaling/protocol/index.ts';
import { type AccessTokens } from '../auth/access-tokens.ts';
import { type PlaybackGate } from '../auth/playback-gate.ts';
import { invitationErrorCodes, invitedViewer } from '../auth/viewer-invitation.ts';
import { type WebinarStore } from '../store/webinar-store.ts';
import { visibilitySchema } from '../webinars/visibility.ts';
import { type WebinarService } from '../webinars/webinar-service.ts';
import { defineRoute, type Route } from './route.ts';
import { sharedViewerUrl, viewerUrl } from './webinar-links.ts';

const byWebinar = z.strictObject({ webinarId: idSchema });

export interface PlaybackRoutesOptions {
  readonly store: WebinarStore;
  readonly service: WebinarService;
  readonly tokens: AccessTokens;
  readonly gate: PlaybackGate;
  /** Scheme and authority of the edge or CDN; the page's own by default. */
  readonly hlsPublicUrl: string | undefined;
  /** Where open webinars can be had as plain HLS too; nowhere by default. */
  readonly hlsStoreUrl?: string | undefined;
  readonly playbackTokenLifetimeMinutes: number;
  readonly inviteLifetimeHours: number;
  readonly listPublicWebinars: boolean;
  readonly wallMs: () => number;
}

export function playbackRoutes(options: PlaybackRoutesOptions): Route[] {
  const { store, service, tokens, gate } = options;
  const playlistUrl = (webinarId: string, token?: string): string => {
    const place = token === undefined ? webinarId : `t/${token}/${webinarId}`;
    return `${options.hlsPublicUrl ?? ''}/hls/${place}/multivariant.m3u8`;
  };
  const storeUrl = (webinarId: string): string | null =>
    options.hlsStoreUrl === undefined ? null : `${options.hlsStoreUrl}/${webinarId}/multivariant.m3u8`;
  return [
    defineRoute({
      method: 'get',
      path: '/api/webinars/:webinarId/public',
      access: 'public',
      summary:
        'What a viewer may know: title, state, whether the event is over, where to watch, and where else when that cannot be reached. For a private webinar the invitation has to come as Bearer; the address to watch then holds a playback token.',
      params: byWebinar,
      reply: z.object({
        webinarId: idSchema,
        title: z.string(),
        state: webinarStateSchema,
        hasJustEnded: z.boolean(),
        hlsUrl: z.string(),
        fallbackHlsUrl: z.string().nullable(),
      }),
      errorCodes: ['WEBINAR_NOT_FOUND', ...invitationErrorCodes],
      async handle({ params, headers }) {
        const row = await store.get(params.webinarId);
        const { webinar_id: webinarId, title } = row;
        const lifetimeSec = options.playbackTokenLifetimeMinutes * 60;
        await invitedViewer(tokens, row, headers.authorization);
        const token = row.visibility === 'private' ? await tokens.issuePlayback({ webinarId, lifetimeSec }) : undefined;
        return {
          webinarId,
          title,
          state: service.stateOf(webinarId),
          hasJustEnded: service.hasJustEnded(webinarId),
          hlsUrl: playlistUrl(webinarId, token),
          fallbackHlsUrl: token === undefined ? storeUrl(webinarId) : null,
        };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/webinars/:webinarId/playback',
      access: 'admin',
      status: 201,
      summary:
        'A playback token for a viewer whom the caller has let in by its own means: as the address to play, or as the cookie rostrum-playback.',
      params: byWebinar,
      body: z.strictObject({ lifetimeMinutes: z.int().min(1).max(1440).optional() }),
      reply: z.object({ token: z.string(), hlsUrl: z.string(), expiresAtMs: z.number() }),
      errorCodes: ['WEBINAR_NOT_FOUND'],
      async handle({ params, body }) {
        const { webinar_id: webinarId } = await store.get(params.webinarId);
        const lifetimeSec = 60 * (body.lifetimeMinutes ?? options.playbackTokenLifetimeMinutes);
        const token = await tokens.issuePlayback({ webinarId, lifetimeSec });
        return { token, hlsUrl: playlistUrl(webinarId, token), expiresAtMs: options.wallMs() + 1000 * lifetimeSec };
      },
    }),
    defineRoute({
      method: 'put',
      path: '/api/webinars/:webinarId/visibility',
      access: 'admin',
      summary:
        'Who may watch, from the next request on: public, unlisted or private. What caches hold of a running event stays there: end it and go live again for a clean cut.',
      params: byWebinar,
      body: z.strictObject({ visibility: visibilitySchema }),
      reply: z.object({ visibility: visibilitySchema }),
      errorCodes: ['WEBINAR_NOT_FOUND'],
      async handle({ params, body }) {
        await store.setVisibility(params.webinarId, body.visibility);
        gate.setVisibility(params.webinarId, body.visibility);
        return body;
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/webinars/:webinarId/viewer-link',
      access: 'record',
      summary: 'The link for viewers; of a private webinar it holds an invitation.',
      params: byWebinar,
      reply: z.object({ url: z.string() }),
      errorCodes: ['WEBINAR_NOT_FOUND'],
      async handle({ params, baseUrl }) {
        const { webinar_id: webinarId, visibility } = await store.get(params.webinarId);
        const lifetimeHours = options.inviteLifetimeHours;
        return { url: await sharedViewerUrl(tokens, { webinarId, visibility, baseUrl, lifetimeHours }) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/live',
      access: 'public',
      summary: 'Public webinars that are live now; empty unless the server is configured to tell (listPublicWebinars).',
      reply: z.object({
        webinars: z.array(z.object({ webinarId: idSchema, title: z.string(), viewerUrl: z.string() })),
      }),
      async handle({ baseUrl }) {
        if (!options.listPublicWebinars) return { webinars: [] };
        const rows = await Promise.all(service.liveIds().map((webinarId) => store.get(webinarId)));
        return {
          webinars: rows
            .filter(({ visibility }) => visibility === 'public')
            .map(({ webinar_id: webinarId, title }) => ({
              webinarId,
              title,
              viewerUrl: viewerUrl(baseUrl, webinarId),
            })),
        };
      },
    }),
  ];
}
