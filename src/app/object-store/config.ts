/** Configuration section `s3`: how the object store is reached. Which buckets are used, and for what, stands with who uses them. */
import { z } from 'zod';
import { flag } from '../../core/config/units.ts';

export const s3ConfigSchema = z
  .strictObject({
    /** Address of the service; AWS' own for the region by default. */
    endpoint: z.url({ protocol: /^https?$/ }).optional(),
    /** What requests are signed for; many stores other than AWS take any. */
    region: z.string().min(1).default('us-east-1'),
    /** Without it and its secret: from the environment, the profile, the container or the instance, as AWS' own tools find them. */
    accessKeyId: z.string().min(1).optional(),
    /** Of `accessKeyId`. */
    secretAccessKey: z.string().min(1).optional(),
    /** The bucket stands in the path and not in the host name, as most stores other than AWS want it. */
    forcePathStyle: flag.default(false),
  })
  .refine(({ accessKeyId, secretAccessKey }) => (accessKeyId === undefined) === (secretAccessKey === undefined), {
    path: ['secretAccessKey'],
    message: 'accessKeyId and secretAccessKey go together',
  });

export type S3Config = z.output<typeof s3ConfigSchema>;
