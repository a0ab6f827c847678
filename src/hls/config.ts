/** Configuration of the packager and the origin (section `hls`). */
import { z } from 'zod';
import { integer } from '../core/config/units.ts';
import { latencyProfileNames } from './packager/latency-profile.ts';

export const hlsConfigSchema = z
  .object({
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
     * folder, or in `dvrBucket`, for twice as long: about 2 GB per hour with the default sizes.
     */
    dvrWindowSec: integer({ min: 0, max: 43_200 }).default(14_400),
    /**
     * Bucket (section `s3` says where) that public and unlisted programs are also brought into, as plain HLS: pages go there by
     * themselves when the origin, or the edge in front of it, cannot be reached. None by default.
     */
    storeBucket: z.string().min(3).max(63).optional(),
    /** Before every key in that bucket. */
    storePrefix: z
      .string()
      .regex(/^([A-Za-z0-9_-]+\/)*$/, 'must be words of letters, digits, _ and -, each with a slash behind it')
      .default('hls/'),
    /** Where viewers read what lies below that prefix: address of the CDN, or of the bucket, in front of it. */
    storeUrl: z.url({ protocol: /^https?$/ }).optional(),
    /**
     * Bucket (section `s3` says where) that keeps what viewers can go back to, below `dvr/`, instead of the data folder. Nobody but
     * the server and origin processes needs to read there. Give it a lifecycle rule: a server that stops leaves what is there.
     */
    dvrBucket: z.string().min(3).max(63).optional(),
    /** How long an ended program can still be watched, in seconds. */
    endedRetentionSec: integer({ min: 10, max: 86_400 }).default(300),
    /** Requests the origin holds at once, all clients together. */
    maxHeldRequests: integer({ min: 1, max: 1_000_000 }).default(20_000),
    /** The same for one client address; a cache in front that `app.trustedProxies` does not name counts as one client. */
    maxHeldRequestsPerClient: integer({ min: 1, max: 1_000_000 }).default(4_096),
    /** A response that a client has not taken after this many ms is cut off. */
    writeDeadlineMs: integer({ min: 1_000, max: 120_000 }).default(15_000),
  })
  .refine(({ storeBucket, storeUrl }) => (storeBucket === undefined) === (storeUrl === undefined), {
    path: ['storeUrl'],
    message: 'storeBucket and storeUrl go together',
  })
  .refine(
    ({ storeBucket, storePrefix, dvrBucket }) =>
      storeBucket !== dvrBucket || storeBucket === undefined || !'dvr/'.startsWith(storePrefix),
    {
      path: ['storePrefix'],
      message: 'must not hold dvr/ of the same bucket, where private webinars are too',
    },
  );

export type HlsConfig = z.output<typeof hlsConfigSchema>;
