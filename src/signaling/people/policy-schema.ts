/**
 * What the host decided about people, beyond what their invitations say. Kept with the webinar, so that a reload, a
 * rejoin or a restart undoes none of it.
 */
import { z } from 'zod';
import { idSchema, permissionsSchema, roleSchema } from '../protocol/index.ts';

const decisionSchema = z.strictObject({
  /** See `personKeyOf`. */
  personKey: idSchema,
  grantId: idSchema,
  role: roleSchema.exactOptional(),
  permissions: permissionsSchema.exactOptional(),
  place: z.enum(['stage', 'greenRoom']).exactOptional(),
  isRemoved: z.literal(true).exactOptional(),
});
export type Decision = z.output<typeof decisionSchema>;

/** Far more people than ever stand on one stage; beyond it the oldest decision is forgotten. */
export const maxDecisions = 500;

export const stagePolicySchema = z.strictObject({
  /** Whether who comes newly waits to be let in. */
  isGreenRoomOn: z.boolean(),
  /** Oldest first, one per person. */
  decisions: z.array(decisionSchema).max(maxDecisions),
});
export type StagePolicy = z.output<typeof stagePolicySchema>;

export const openStage: StagePolicy = { isGreenRoomOn: false, decisions: [] };
