/** `/api/webinars/:id/viewers`, `/beacons`, `/audience`, `/attendance`: who watches, how well, and for how long. */
import { z } from 'zod';
import { audienceStatsSchema, beaconPeriodMs, beaconSchema, idSchema } from '../../signaling/protocol/index.ts';
import { type AudienceService } from '../audience/audience-service.ts';
import { attendanceCsv } from '../audience/attendance-csv.ts';
import { type AccessTokens } from '../auth/access-tokens.ts';
import { invitationErrorCodes, invitedViewer } from '../auth/viewer-invitation.ts';
import { type AttendanceStore } from '../store/attendance-store.ts';
import { type WebinarStore } from '../store/webinar-store.ts';
import { defineRoute, type Route } from './route.ts';

const byWebinar = z.strictObject({ webinarId: idSchema });
/** What one answer lists at most. */
const maxAttendanceCount = 100_000;
const maxBeaconBytes = 4096;

const attendeeSchema = z.object({
  viewerId: z.string(),
  /** Null for who came by the public link. */
  name: z.string().nullable(),
  firstSeenAtMs: z.number(),
  lastSeenAtMs: z.number(),
  watchedMinutes: z.number(),
});

export interface AudienceRoutesOptions {
  readonly audience: AudienceService;
  readonly attendance: AttendanceStore;
  readonly store: WebinarStore;
  readonly tokens: AccessTokens;
}

export function audienceRoutes({ audience, attendance, store, tokens }: AudienceRoutesOptions): Route[] {
  const attendees = async (webinarId: string) => {
    await store.get(webinarId);
    await audience.keepNow();
    const rows = await attendance.list(webinarId, maxAttendanceCount);
    return rows.map((row) => ({
      viewerId: row.viewer_id,
      name: row.display_name,
      firstSeenAtMs: row.first_seen_at_ms,
      lastSeenAtMs: row.last_seen_at_ms,
      watchedMinutes: Math.round(row.watched_ms / 600) / 100,
    }));
  };
  return [
    defineRoute({
      method: 'post',
      path: '/api/webinars/:webinarId/viewers',
      access: 'public',
      status: 201,
      summary:
        'A pass for one viewer page, which its beacons carry. With an invitation as Bearer, which private webinars ask for, attendance has the name.',
      params: byWebinar,
      reply: z.object({ pass: z.string(), periodMs: z.number() }),
      errorCodes: ['WEBINAR_NOT_FOUND', 'AUDIENCE_TOO_FREQUENT', ...invitationErrorCodes],
      async handle({ params, headers, clientAddress }) {
        const row = await store.get(params.webinarId);
        const guest = await invitedViewer(tokens, row, headers.authorization);
        const pass = await audience.admit(row.webinar_id, guest?.displayName, clientAddress);
        return { pass, periodMs: beaconPeriodMs };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/webinars/:webinarId/beacons',
      access: 'public',
      status: 202,
      summary: 'How playback went since the last beacon of this page: one every ten seconds.',
      params: byWebinar,
      body: beaconSchema,
      maxBodyBytes: maxBeaconBytes,
      reply: z.object({}),
      errorCodes: [
        'AUTH_TOKEN_INVALID',
        'AUTH_TOKEN_EXPIRED',
        'AUTH_RATE_LIMITED',
        'AUDIENCE_TOO_FREQUENT',
        'AUDIENCE_FULL',
      ],
      async handle({ params, body, clientAddress }) {
        await audience.note(params.webinarId, body, clientAddress);
        return {};
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/webinars/:webinarId/audience',
      access: 'record',
      summary: 'How many watch now, how far behind, and how smoothly.',
      params: byWebinar,
      reply: audienceStatsSchema,
      errorCodes: ['WEBINAR_NOT_FOUND'],
      async handle({ params }) {
        await store.get(params.webinarId);
        return audience.statsOf(params.webinarId);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/webinars/:webinarId/attendance',
      access: 'admin',
      summary: 'Everybody who watched, in order of arrival, with the minutes they watched; the first 100 000.',
      params: byWebinar,
      reply: z.object({ attendees: z.array(attendeeSchema) }),
      errorCodes: ['WEBINAR_NOT_FOUND'],
      handle: async ({ params }) => ({ attendees: await attendees(params.webinarId) }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/webinars/:webinarId/attendance.csv',
      access: 'admin',
      summary: 'The same as a table for spreadsheets.',
      params: byWebinar,
      contentType: 'text/csv; charset=utf-8',
      reply: z.string(),
      errorCodes: ['WEBINAR_NOT_FOUND'],
      handle: async ({ params }) => attendanceCsv(await attendees(params.webinarId)),
    }),
  ];
}
