/** Who may watch a webinar: anybody who finds it, anybody with the address, or those who were invited. */
import { z } from 'zod';

/**
 * `public`: watched by anybody and listed where the server lists what is live; `unlisted`: watched by anybody who has the
 * address; `private`: every request for media needs a token that only an invitation gives.
 */
export const visibilitySchema = z.enum(['public', 'unlisted', 'private']);

export type Visibility = z.infer<typeof visibilitySchema>;
