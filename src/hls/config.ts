/** Configuration of the packager and the origin (section `hls`). */
import { z } from 'zod';
import { integer } from '../core/config/units.ts';
import { latencyProfileNames } from './packager/latency-profile.ts';

export const hlsConfigSchema = z.object({
  /** Part length: ultra about 200 ms, low about 333 ms, standard none (plain HLS). */
  latency: z.enum(latencyProfileNames).default('low'),
  /**
   * Where viewers get the program from: scheme and authority of a CDN or edge in front of `/hls/`. By default from the address
   * of the page.
   */
  publicUrl: z
    .url({ protocol: /^https?$/, abort: true })
    .refine((text) => new URL(text).href === `${new URL(text).origin}/`, 'must have no path, user or query')
    .optional(),
  /** Media kept in memory, in seconds, and listed in any case; at least six segments whatever it says. */
  windowSec: integer({ min: 12, max: 14_400 }).default(30),
  /**
   * How far viewers can go back, in seconds; 0 for no farther than `windowSec`. What is not in memory lies in the data
   * folder, for twice as long: about 2 GB per hour with the default sizes.
   */
  dvrWindowSec: integer({ min: 0, max: 43_200 }).default(14_400),
  /** How long an ended program can still be watched, in seconds. */
  endedRetentionSec: integer({ min: 10, max: 86_400 }).default(300),
  /** Requests the origin holds at once, all clients together. */
  maxHeldRequests: integer({ min: 1, max: 1_000_000 }).default(20_000),
  /** The same for one client address; a cache in front that `app.trustedProxies` does not name counts as one client. */
  maxHeldRequestsPerClient: integer({ min: 1, max: 1_000_000 }).default(4_096),
  /** A response that a client has not taken after this many ms is cut off. */
  writeDeadlineMs: integer({ min: 1_000, max: 120_000 }).default(15_000),
});

export type HlsConfig = z.output<typeof hlsConfigSchema>;
