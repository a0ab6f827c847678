/** Judges media by its decoded content, through FFmpeg alone (never through the code under test). */
import { execFileSync } from 'node:child_process';

export interface DecodedVideo {
  /** Seconds, one per picture. */
  readonly times: readonly number[];
  /** MD5 of each decoded picture. */
  readonly hashes: readonly string[];
}

export function decodeVideo(path: string): DecodedVideo {
  const text = ffmpeg([
    '-v',
    'error',
    '-copyts',
    '-i',
    path,
    '-map',
    '0:v',
    '-fps_mode',
    'passthrough',
    '-copytb',
    '1',
    '-f',
    'framemd5',
    '-',
  ]);
  return parseFrameMd5(text);
}

/** MD5 of each AAC packet with its time: a remux may not change them. */
export function audioPackets(path: string): DecodedVideo {
  return parseFrameMd5(
    ffmpeg(['-v', 'error', '-copyts', '-i', path, '-map', '0:a', '-c', 'copy', '-f', 'framemd5', '-']),
  );
}

function ffmpeg(args: readonly string[]): string {
  return execFileSync('ffmpeg', args, { encoding: 'utf8', maxBuffer: 64 << 20 });
}

function parseFrameMd5(text: string): DecodedVideo {
  const timebase = /#tb 0: (\d+)\/(\d+)/.exec(text)!;
  const tickSec = Number(timebase[1]) / Number(timebase[2]);
  const rows = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(',').map((cell) => cell.trim()));
  return { times: rows.map((row) => Number(row[2]) * tickSec), hashes: rows.map((row) => row[5]!) };
}
