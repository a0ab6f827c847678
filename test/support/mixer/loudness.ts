/** Loudness as FFmpeg's own EBU R128 meter sees it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface MeasuredLoudness {
  readonly integratedLufs: number;
  readonly truePeakDb: number;
}

const pcmInput = ['-f', 's16le', '-ar', '48000', '-ac', '2'];

/** Of interleaved s16le stereo at 48 kHz. */
export async function pcmLoudness(bytes: Uint8Array): Promise<MeasuredLoudness> {
  return measure(bytes, pcmInput);
}

/** Of an MP4 stream's sound, a part of it if wanted. */
export async function mp4Loudness(
  media: { readonly init: Uint8Array; readonly fragments: readonly Uint8Array[] },
  part?: { readonly fromSec: number; readonly toSec: number },
): Promise<MeasuredLoudness> {
  const trim = part === undefined ? '' : `asetpts=N/SR/TB,atrim=${part.fromSec}:${part.toSec},`;
  return measure(Buffer.concat([media.init, ...media.fragments]), ['-f', 'mp4'], trim);
}

async function measure(bytes: Uint8Array, input: readonly string[], filter = ''): Promise<MeasuredLoudness> {
  const meter = `${filter}ebur128=peak=true:framelog=verbose`;
  const args = ['-nostdin', '-hide_banner', '-nostats', ...input, '-i', 'pipe:0', '-af', meter, '-f', 'null', '-'];
  const child = spawn('ffmpeg', args, { stdio: ['pipe', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (words += text));
  // It stops reading behind the part it measures: what counts is how it exits.
  child.stdin.on('error', () => undefined);
  child.stdin.end(bytes);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`FFmpeg's loudness meter ended with ${code}: ${words.slice(-1000)}`);
  return {
    integratedLufs: figure(words, /I:\s+(-?[\d.]+|-inf) LUFS/),
    truePeakDb: figure(words, /Peak:\s+(-?[\d.]+|-inf) dBFS/),
  };
}

function figure(words: string, pattern: RegExp): number {
  const found = [...words.matchAll(new RegExp(pattern, 'g'))].at(-1)?.[1];
  if (found === undefined) throw new Error(`FFmpeg's loudness meter said nothing of ${pattern}: ${words.slice(-1000)}`);
  return found === '-inf' ? -Infinity : Number(found);
}
