/** Examines a finished media file with ffprobe: what is in it, from when to when. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { recordingError } from '../errors.ts';

const seconds = z.coerce.number().finite();

const probeSchema = z.object({
  format: z.object({ duration: seconds, size: z.coerce.number().int() }),
  streams: z.array(
    z.object({
      codec_type: z.string(),
      codec_name: z.string(),
      start_time: seconds,
      duration: seconds,
      nb_frames: z.coerce.number().int(),
    }),
  ),
});

export interface ProbedFile {
  readonly durationSec: number;
  readonly streams: readonly {
    readonly kind: string;
    readonly codec: string;
    readonly startSec: number;
    readonly durationSec: number;
    readonly frameCount: number;
  }[];
}

/** @throws REC_PROBE_FAILED; the process is gone when this settles (killed at the deadline or abort). */
export async function probeFile(
  path: string,
  options: { readonly ffprobePath: string; readonly deadlineMs: number; readonly signal: AbortSignal },
): Promise<ProbedFile> {
  const args = ['-v', 'error', '-print_format', 'json', '-show_format', '-show_streams', path];
  try {
    const { stdout } = await promisify(execFile)(options.ffprobePath, args, {
      timeout: options.deadlineMs,
      killSignal: 'SIGKILL',
      signal: options.signal,
      maxBuffer: 1 << 20,
    });
    const probed = probeSchema.parse(JSON.parse(stdout));
    return {
      durationSec: probed.format.duration,
      streams: probed.streams.map((stream) => ({
        kind: stream.codec_type,
        codec: stream.codec_name,
        startSec: stream.start_time,
        durationSec: stream.duration,
        frameCount: stream.nb_frames,
      })),
    };
  } catch (cause) {
    throw recordingError('REC_PROBE_FAILED', { cause, details: { path } });
  }
}
