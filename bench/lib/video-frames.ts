/** Counts what a file really holds: every video frame is decoded, none is taken on a header's word. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** @throws Error when the file cannot be decoded to its end */
export async function countVideoFrames(file: string): Promise<number> {
  const args = [
    '-v',
    'error',
    '-xerror',
    '-i',
    file,
    '-an',
    '-fps_mode',
    'passthrough',
    '-f',
    'null',
    '-progress',
    'pipe:1',
    '-',
  ];
  const { stdout } = await run('ffmpeg', ['-nostdin', ...args], { timeout: 600_000 });
  return parseFrameCount(stdout);
}

/** The last count of FFmpeg's progress output. Pure. @throws Error when there is none */
export function parseFrameCount(progress: string): number {
  const last = [...progress.matchAll(/^frame=\s*(\d+)$/gm)].at(-1)?.[1];
  if (last === undefined) throw new Error('FFmpeg counted no frames.');
  return Number(last);
}
