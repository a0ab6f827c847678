/** Settings of the recorder; where its data lives is the application's setting. */
import { z } from 'zod';
import { flag, integer } from '../core/config/units.ts';

export const recordingConfigSchema = z.strictObject({
  /** Where finished bytes go. `local`: a folder below the data folder. */
  store: z.enum(['local']).default('local'),
  /** Folder of the local store; `<dataDir>/objects` by default. */
  localStoreDir: z.string().min(1).optional(),
  /** Keeps the local spool after a recording was uploaded and verified. */
  keepSpool: flag.default(false),
  /** Media kept in memory while the recorder process is away, megabytes; beyond it the oldest is lost, live goes on. */
  maxUnacknowledgedMegabytes: integer({ min: 1, max: 4096 }).default(64),
  /** Objects uploaded at the same time over all recordings. */
  uploadConcurrency: integer({ min: 1, max: 64 }).default(4),
  /** How long making the MP4 file of one recording may take, minutes. */
  remuxDeadlineMinutes: integer({ min: 1, max: 1440 }).default(60),
});
