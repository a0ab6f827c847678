/** The `mixer` section of the configuration. */
import { z } from 'zod';
import { integer } from '../core/config/units.ts';
import { defaultLadder, type LadderRung, ladderProblem, ladderSchema } from './ladder/ladder.ts';

/** Tiles and furniture are laid out for these. */
const canvasHeights: Readonly<Record<number, number>> = { 1280: 720, 1920: 1080 };

export const mixerConfigSchema = z
  .strictObject({
    /** Frames per second. */
    frameRate: z.coerce
      .number()
      .pipe(z.literal([25, 30]))
      .default(30),
    /** Canvas width in pixels. */
    width: z.coerce
      .number()
      .pipe(z.literal([1280, 1920]))
      .default(1280),
    /** Canvas height in pixels. */
    height: z.coerce
      .number()
      .pipe(z.literal([720, 1080]))
      .default(720),
    /**
     * Sizes the program is encoded in, largest first, with the ceiling of each one's average bit rate. 720p, 432p and 234p
     * by default (`1280x720:2500000,768x432:1000000,416x234:350000`), above them 1080p at 4.5 Mbit/s on a canvas of 1920x1080.
     */
    ladder: ladderSchema.optional(),
    /** `measure` refuses at the start what this machine cannot encode live; `skip` starts with any ladder. */
    admission: z.enum(['measure', 'skip']).default('measure'),
    /** Bit rate of each audio track, bits per second. */
    audioBitsPerSec: integer({ min: 32_000, max: 320_000 }).default(96_000),
    /** Capture-to-program delay in ms, the same for every source; holds the way here, jitter and one retransmission. */
    playoutDelayMs: integer({ min: 250, max: 800 }).default(350),
    /** FFmpeg's executable; a bare name is looked up in PATH. */
    ffmpegPath: z.string().min(1).default('ffmpeg'),
    /**
     * How decoders, which read what strangers send, are shut in. `required`: isolated by bubblewrap, or the server does not
     * start. `best-effort`: as strictly as the machine allows, with a warning in the log when that is less. `off`: not at all.
     */
    sandbox: z.enum(['required', 'best-effort', 'off']).default('best-effort'),
  })
  .superRefine((config, context) => {
    if (canvasHeights[config.width] !== config.height) {
      context.addIssue({ code: 'custom', path: ['height'], message: 'must make 1280x720 or 1920x1080 with the width' });
      return;
    }
    const problem = config.ladder && ladderProblem(config.ladder, config);
    if (problem !== undefined) context.addIssue({ code: 'custom', path: ['ladder'], message: problem });
  });

export type MixerConfig = z.output<typeof mixerConfigSchema>;

/** The sizes to encode, largest first: those configured, or those usual for the canvas. */
export function ladderOf(config: Pick<MixerConfig, 'width' | 'height' | 'ladder'>): readonly LadderRung[] {
  return config.ladder ?? defaultLadder(config);
}
