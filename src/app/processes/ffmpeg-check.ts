/** Start-up proof that FFmpeg is there and can do what the mixer asks of it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { appError } from '../errors.ts';

const run = promisify(execFile);
const probeTimeoutMs = 10_000;

const needed = { encoders: ['libx264', 'aac', 'rawvideo'], decoders: ['vp8', 'h264'] } as const;

/** @returns FFmpeg's version line. @throws APP_FFMPEG_MISSING (fault: caller) naming what is missing. */
export async function assertFfmpeg(ffmpegPath: string): Promise<string> {
  const versionText = await ffmpeg(ffmpegPath, '-version').catch((cause: unknown) => {
    throw appError('APP_FFMPEG_MISSING', { cause, message: `FFmpeg was not found at "${ffmpegPath}".` });
  });
  for (const [kind, names] of Object.entries(needed)) {
    const listing = await ffmpeg(ffmpegPath, `-${kind}`);
    const missing = names.filter((name) => !new RegExp(`^ [A-Z.]{6} ${name}\\s`, 'm').test(listing));
    if (missing.length > 0)
      throw appError('APP_FFMPEG_MISSING', {
        message: `FFmpeg at "${ffmpegPath}" lacks the ${kind} ${missing.join(', ')}.`,
      });
  }
  return versionText.split('\n')[0] ?? '';
}

async function ffmpeg(ffmpegPath: string, argument: string): Promise<string> {
  const { stdout } = await run(ffmpegPath, ['-hide_banner', argument], {
    timeout: probeTimeoutMs,
    maxBuffer: 1024 * 1024,
  });
  return stdout;
}
