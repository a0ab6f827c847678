/** Start-up proof that this machine can encode what it is configured to; measured once per machine and ladder. */
import { join } from 'node:path';
import { type Clock } from '../../core/clock.ts';
import { type Logger } from '../../core/logger.ts';
import { CostCache, LadderAdmission, ladderOf, type MixerConfig } from '../../mixer/index.ts';

export interface LadderCheckOptions {
  readonly config: MixerConfig;
  readonly dataDir: string;
  readonly ffmpegVersion: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Tells the person at the terminal what takes so long. */
  readonly say: (text: string) => void;
}

/** Asked before one more webinar goes live. @throws MIXER_CAPACITY_EXHAUSTED */
export type RoomCheck = (liveCount: number) => void;

/** @throws MIXER_LADDER_TOO_HEAVY, MIXER_ADMISSION_FAILED */
export async function assertLadderFits(options: LadderCheckOptions): Promise<RoomCheck> {
  const { config, dataDir, ffmpegVersion, clock, logger, say } = options;
  if (config.admission === 'skip') return () => undefined;
  const { width, height, frameRate, audioBitsPerSec, ffmpegPath } = config;
  let saidPercent = -1;
  const admission = new LadderAdmission({
    work: { canvas: { width, height, frameRate }, ladder: ladderOf(config), audioBitsPerSec, ffmpegPath },
    ffmpegVersion,
    cache: new CostCache(join(dataDir, 'encoding-cost.json'), logger),
    clock,
    logger,
    onProgress: (ratio) => {
      const percent = 25 * Math.floor(4 * ratio);
      if (percent === saidPercent) return;
      saidPercent = percent;
      say(percent === 0 ? 'Measuring what this machine can encode (once, a few seconds) ...' : `  ${percent} %`);
    },
  });
  await admission.admit();
  return (liveCount) => admission.assertRoomFor(liveCount);
}
