/** The `mixer` section of the configuration. */
import { z } from 'zod';
import { integer } from '../core/config/units.ts';

/** Canvas and frame rate are fixed: the tile grid, the 1600 samples per frame and the HLS parts are built on them. */
export const mixerConfigSchema = z.strictObject({
  /** Frames per second. */
  frameRate: z.coerce.number().pipe(z.literal(30)).default(30),
  /** Canvas width in pixels. */
  width: z.coerce.number().pipe(z.literal(1280)).default(1280),
  /** Canvas height in pixels. */
  height: z.coerce.number().pipe(z.literal(720)).default(720),
  /** Average video bit rate, bits per second. */
  videoBitsPerSec: integer({ min: 300_000, max: 20_000_000 }).default(2_500_000),
  /** Audio bit rate, bits per second. */
  audioBitsPerSec: integer({ min: 32_000, max: 320_000 }).default(96_000),
  /** Capture-to-program delay in ms, the same for every source; holds jitter and one retransmission. */
  playoutDelayMs: integer({ min: 100, max: 800 }).default(250),
  /** FFmpeg's executable; a bare name is looked up in PATH. */
  ffmpegPath: z.string().min(1).default('ffmpeg'),
});

export type MixerConfig = z.output<typeof mixerConfigSchema>;
