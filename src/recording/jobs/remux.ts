/** Makes one progressive MP4 from the fragmented files of a recording's runs, without re-encoding. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ffmpeg from 'fluent-ffmpeg';
import { type Clock } from '../../core/clock.ts';
import { recordingError } from '../errors.ts';

export interface RemuxJob {
  readonly ffmpegPath: string;
  /** All paths below are names in this folder. */
  readonly folder: string;
  /** One list per track: files of its runs (or `subfile` pieces of them) in media order, with equal initialization segments. */
  readonly tracks: readonly (readonly string[])[];
  readonly outputName: string;
  /** Media time that becomes time 0 of the file, seconds. */
  readonly originSec: number;
  readonly durationSec: number;
  readonly deadlineMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onProgress: (ratio: number) => void;
}

/**
 * Runs of one track are read as one stream: their tfdt go on on one timeline, so holes between them stay holes, and
 * `-copyts` keeps audio and video where they are to each other. FFmpeg 5.1 skips the second moov.
 * @throws REC_REMUX_FAILED with FFmpeg's last words; the process is gone when this settles.
 */
export async function remuxToMp4(job: RemuxJob): Promise<void> {
  if (job.signal.aborted) throw recordingError('REC_REMUX_FAILED', { message: 'The recorder is closing.' });
  await assertRunnable(job);
  const command = ffmpeg({ cwd: job.folder, logger: undefined }).setFfmpegPath(job.ffmpegPath);
  for (const [index, files] of job.tracks.entries()) {
    const listName = `${job.outputName}.track-${index}.txt`;
    await writeFile(join(job.folder, listName), `${files.join('\n')}\n`);
    // `concatf` takes a list of any length; a command line does not.
    command.input(`concatf:${listName}`).inputOptions(['-copyts', '-f', 'mp4']);
  }
  command
    .outputOptions([
      ...job.tracks.flatMap((_, index) => ['-map', `${index}:0`]),
      ...['-c', 'copy', '-output_ts_offset', (-job.originSec).toFixed(6)],
      ...['-video_track_timescale', '90000', '-movflags', '+faststart', '-max_interleave_delta', '0'],
      ...['-map_metadata', '-1', '-fflags', '+bitexact'],
    ])
    .format('mp4')
    .output(job.outputName);
  await run(command, job);
}

/** fluent-ffmpeg throws outside of any handler when the program cannot be started, so that is tried before. */
async function assertRunnable({ ffmpegPath, signal }: RemuxJob): Promise<void> {
  try {
    await promisify(execFile)(ffmpegPath, ['-version'], { timeout: 10_000, killSignal: 'SIGKILL', signal });
  } catch (cause) {
    throw recordingError('REC_REMUX_FAILED', { cause, message: `FFmpeg at "${ffmpegPath}" does not run.` });
  }
}

async function run(command: ffmpeg.FfmpegCommand, job: RemuxJob): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let stopCause: string | undefined;
  const stop = (cause: string) => {
    stopCause ??= cause;
    command.kill('SIGKILL');
  };
  const onAbort = () => stop('The recorder is closing.');
  const deadline = job.clock.schedule(job.deadlineMs, () => stop('FFmpeg did not finish in time.'));
  job.signal.addEventListener('abort', onAbort, { once: true });
  command
    // Told to stop before the process was there: it could not be killed then.
    .on('start', () => {
      if (stopCause !== undefined) command.kill('SIGKILL');
    })
    .on('progress', (progress: { timemark?: string }) => job.onProgress(progressRatio(progress.timemark, job)))
    .on('end', () => resolve())
    .on('error', (cause: Error, _stdout: string | null, stderr: string | null) => {
      const details = { lastLines: (stderr ?? '').trim().split('\n').slice(-5) };
      reject(recordingError('REC_REMUX_FAILED', { cause, details, ...(stopCause && { message: stopCause }) }));
    });
  command.run();
  try {
    await promise;
  } finally {
    deadline.cancel();
    job.signal.removeEventListener('abort', onAbort);
  }
}

/** `HH:MM:SS.ss` of what was written so far, as a share of the whole. */
function progressRatio(timemark: string | undefined, job: RemuxJob): number {
  const [hours = 0, minutes = 0, seconds = 0] = (timemark ?? '').split(':').map(Number);
  const doneSec = hours * 3600 + minutes * 60 + seconds;
  const ratio = job.durationSec > 0 ? doneSec / job.durationSec : 1;
  return Number.isFinite(ratio) ? Math.min(1, Math.max(0, ratio)) : 0;
}
