/** Start-up proof that FFmpeg is there and can do what the mixer asks of it. */
import { appError } from './errors.ts';

const needed = {
  encoders: ['libx264', 'aac', 'rawvideo'],
  decoders: ['vp8', 'h264'],
} as const;

export interface FfmpegProbe {
  /** Standard output of `ffmpeg -hide_banner <arguments>`; rejects when it cannot be run. */
  (ffmpegPath: string, args: readonly string[]): Promise<string>;
}

/** @returns the version line. @throws APP_FFMPEG_MISSING (fault: caller) naming what is missing. */
export async function assertFfmpeg(ffmpegPath: string, probe: FfmpegProbe): Promise<string> {
  let version: string;
  try {
    version = (await probe(ffmpegPath, ['-version'])).split('\n')[0] ?? '';
  } catch (cause) {
    throw appError('APP_FFMPEG_MISSING', { cause, message: `FFmpeg was not found at "${ffmpegPath}".` });
  }
  for (const [kind, names] of Object.entries(needed)) {
    const listing = await probe(ffmpegPath, [`-${kind}`]);
    const missing = names.filter((name) => !new RegExp(`^ [A-Z.]{6} ${name}\\s`, 'm').test(listing));
    if (missing.length > 0) throw appError('APP_FFMPEG_MISSING', { message: `FFmpeg at "${ffmpegPath}" lacks the ${kind} ${missing.join(', ')}.` });
  }
  return version;
}
