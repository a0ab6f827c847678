/** `/api/webinars/:webinarId/marks`: slides, questions and polls, told to each viewer when they hear it. */
import { z } from 'zod';
import { idSchema, markSchema } from '../../signaling/protocol/index.ts';
import { type TimedTextDesk } from '../timed-text/timed-text-desk.ts';
import { defineRoute, type Route } from './route.ts';

export function markRoutes({ desk }: { desk: TimedTextDesk }): Route[] {
  return [
    defineRoute({
      path: '/api/webinars/:webinarId/marks',
      params: z.strictObject({ webinarId: idSchema }),
      access: 'changeLayout',
      method: 'post',
      status: 201,
      summary: 'A moment of the running event on program time: a slide, a question that is answered, a poll.',
      body: markSchema,
      reply: z.object({
        markId: z.string(),
        startAtMs: z.number().describe('Program time'),
        endAtMs: z.number().nullable().describe('Null: until the next of its type'),
      }),
      errorCodes: [
        ...['WEBINAR_NOT_FOUND', 'TIMED_TEXT_NOT_LIVE', 'MARK_TIME_INVALID', 'MARKS_TOO_MANY'],
        'HLS_DATE_RANGES_FULL',
      ],
      handle: async ({ params, body }) => desk.addMark(params, body),
    }),
  ];
}
