/** Tells whoever invites interpreters when the event that runs does not carry their language. Pure. */
import { z } from 'zod';
import { appErrorCatalog } from '../errors.ts';

/** Present in an answer when there is something to warn of. */
export const warningsSchema = z
  .array(z.object({ code: z.literal('WEBINAR_CHANNEL_NOT_CARRIED'), message: z.string(), channelId: z.string() }))
  .optional();
export type Warnings = z.infer<typeof warningsSchema>;

/** @param carriedIds of the running event; undefined while there is none, when every language is still to come. */
export function channelWarnings(
  channelIds: readonly string[],
  carriedIds: readonly string[] | undefined,
): { warnings?: Warnings } {
  if (carriedIds === undefined) return {};
  const code = 'WEBINAR_CHANNEL_NOT_CARRIED';
  const { summary, fix } = appErrorCatalog[code];
  const missing = channelIds.filter((channelId) => !carriedIds.includes(channelId));
  if (missing.length === 0) return {};
  return { warnings: missing.map((channelId) => ({ code, message: `${summary} ${fix}`, channelId })) };
}
