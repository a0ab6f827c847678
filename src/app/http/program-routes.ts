/** `/api/webinars/:webinarId/layout`, `/scene`, `/branding`: what viewers are shown. */
import { z } from 'zod';
import {
  idSchema,
  layoutChangeSchema,
  layoutChoiceSchema,
  layoutNames,
  sceneSchema,
  type AppliedChange,
} from '../../signaling/protocol/index.ts';
import { appError } from '../errors.ts';
import { brandingChangeSchema, maxBrandingBodyBytes } from '../program/branding-change.ts';
import { type ProgramControl } from '../program/program-control.ts';
import { defineRoute, type Route } from './route.ts';

const shared = { access: 'changeLayout', params: z.strictObject({ webinarId: idSchema }) } as const;
const readErrors = ['WEBINAR_NOT_FOUND'];
const changeErrors = ['WEBINAR_NOT_FOUND', 'PROGRAM_NOT_LIVE', 'PROGRAM_NOT_APPLIED'];

const appliedSchema = z.object({ frameIndex: z.number(), mediaTimeSec: z.number(), atWallMs: z.number() });
const layoutNameSchema = z.enum(layoutNames).nullable().describe('What is really shown; null while nobody is on stage');
const fraction = z.number().describe('0..1 of the picture');
const shownSchema = z.object({
  name: layoutNameSchema,
  tiles: z.array(
    z.object({
      peerId: z.string(),
      content: z.enum(['camera', 'screen']),
      x: fraction,
      y: fraction,
      width: fraction,
      height: fraction,
    }),
  ),
  hiddenCount: z.number(),
});
const brandingSummarySchema = z.object({
  theme: z.string(),
  ticker: z.string(),
  banner: z.string(),
  bannerDetail: z.string(),
  hasLogo: z.boolean(),
  hasBackground: z.boolean(),
});

export function programRoutes({ control }: { control: ProgramControl }): Route[] {
  return [
    defineRoute({
      ...shared,
      method: 'get',
      path: '/api/webinars/:webinarId/layout',
      summary: 'The layout that was decided, and what viewers see now (null while not live).',
      reply: z.object({
        layout: layoutChoiceSchema,
        pinnedIds: z.array(z.string()),
        crossfade: z.boolean(),
        shown: shownSchema.nullable(),
      }),
      errorCodes: readErrors,
      async handle({ params }) {
        const { layout, shown } = await control.state(params.webinarId);
        return { ...layout, pinnedIds: [...layout.pinnedIds], shown: shown && { ...shown, tiles: [...shown.tiles] } };
      },
    }),
    defineRoute({
      ...shared,
      method: 'put',
      path: '/api/webinars/:webinarId/layout',
      summary: 'Decide the layout; answers when viewers see it, with the first frame that shows it.',
      body: layoutChangeSchema,
      reply: appliedSchema.extend({
        name: layoutNameSchema,
        participantIds: z.array(z.string()).describe('In the order of the tiles'),
        hiddenCount: z.number(),
      }),
      errorCodes: [...changeErrors, 'PROGRAM_PARTICIPANT_UNKNOWN'],
      async handle({ params, body, caller }) {
        const applied = live(await control.setLayout(params.webinarId, body, caller));
        const { name, hiddenCount } = applied;
        return { name, participantIds: [...applied.participantIds], hiddenCount, ...seen(applied) };
      },
    }),
    defineRoute({
      ...shared,
      method: 'get',
      path: '/api/webinars/:webinarId/scene',
      summary: 'What is shown: the stage or a slate.',
      reply: z.object({ scene: sceneSchema }),
      errorCodes: readErrors,
      handle: async ({ params }) => ({ scene: (await control.state(params.webinarId)).scene }),
    }),
    defineRoute({
      ...shared,
      method: 'put',
      path: '/api/webinars/:webinarId/scene',
      summary: 'Show the stage, a countdown, "back soon" or "ended"; answers when viewers see it.',
      body: sceneSchema,
      reply: appliedSchema.extend({ kind: z.string() }),
      errorCodes: changeErrors,
      async handle({ params, body, caller }) {
        const applied = live(await control.setScene(params.webinarId, body, caller));
        return { kind: applied.kind, ...seen(applied) };
      },
    }),
    defineRoute({
      ...shared,
      method: 'get',
      path: '/api/webinars/:webinarId/branding',
      summary: 'The look in short, without the bytes of its pictures.',
      reply: brandingSummarySchema,
      errorCodes: readErrors,
      handle: async ({ params }) => (await control.state(params.webinarId)).branding,
    }),
    defineRoute({
      ...shared,
      method: 'put',
      path: '/api/webinars/:webinarId/branding',
      summary: 'Change the look: what is left out keeps its value, null removes. Answers when viewers see it.',
      body: brandingChangeSchema,
      maxBodyBytes: maxBrandingBodyBytes,
      reply: z.object({
        frameIndex: z.number(),
        problems: z
          .array(z.object({ part: z.string(), code: z.string(), message: z.string() }))
          .describe('Parts that are left out because the mixer cannot show them'),
      }),
      errorCodes: [...changeErrors, 'MIXER_IMAGE_INVALID', 'MIXER_IMAGE_TOO_LARGE', 'MIXER_IMAGE_BUSY'],
      async handle({ params, body, caller }) {
        const { frameIndex, problems } = live(await control.setBranding(params.webinarId, body, caller));
        return { frameIndex, problems: [...problems] };
      },
    }),
  ];
}

function seen({ frameIndex, mediaTimeSec, atWallMs }: AppliedChange): z.output<typeof appliedSchema> {
  return { frameIndex, mediaTimeSec, atWallMs };
}

/** @throws PROGRAM_NOT_LIVE when there are no viewers who could see the change */
function live<Applied>(applied: Applied | null): Applied {
  if (applied === null) throw appError('PROGRAM_NOT_LIVE');
  return applied;
}
