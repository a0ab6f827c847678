/** WebVTT as FFmpeg reads it. Its HLS reader (5.1) leaves subtitle renditions out, so it is given their segments. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface ReadSubtitle {
  readonly startSec: number;
  readonly durationSec: number;
  /** As it stands in the file, escapes and all. */
  readonly text: string;
}

const run = promisify(execFile);

/** @param url of a WebVTT file or segment, or a path to one */
export async function readSubtitles(url: string): Promise<ReadSubtitle[]> {
  const entries = ['-select_streams', 's:0', '-show_packets', '-show_data', '-of', 'json'];
  const { stdout } = await run('ffprobe', ['-v', 'error', '-f', 'webvtt', ...entries, url]);
  const { packets } = JSON.parse(stdout) as { packets: Record<'pts_time' | 'duration_time' | 'data', string>[] };
  return packets.map(({ pts_time: pts, duration_time: duration, data }) => ({
    startSec: Number(pts),
    durationSec: Number(duration),
    text: textOf(data),
  }));
}

/** A hex dump: offset, bytes in groups of two, and their characters. */
function textOf(dump: string): string {
  const hex = dump
    .split('\n')
    .map((line) => /^[0-9a-f]{8}: ((?:[0-9a-f]{2,4} )+)/.exec(line)?.[1]?.replaceAll(' ', '') ?? '')
    .join('');
  return Buffer.from(hex, 'hex').toString();
}
