/** Runs FFmpeg in tests: bytes in, bytes out, with a deadline; and decodes to what the pattern readers take. */
import { spawn } from 'node:child_process';
import { type PatternImage } from './pattern/read-pattern.ts';

/** @throws Error with FFmpeg's last words when it fails or takes longer than `deadlineMs` */
export async function runFfmpeg(args: readonly string[], input?: Uint8Array, deadlineMs = 60_000): Promise<Buffer> {
  const child = spawn('ffmpeg', ['-hide_banner', '-loglevel', 'error', ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  let complaint = '';
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-2000)));
  // FFmpeg may stop reading before the end (-frames, -t): what counts is how it exits.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const timer = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearTimeout(timer);
  if (code !== 0) throw new Error(`ffmpeg ${args.join(' ')} exited with ${code}: ${complaint}`);
  return Buffer.concat(output);
}

/**
 * Every picture of a file or of bytes, as luma, scaled to that size.
 * @param options picturesPerSec: that many, evenly spaced from time 0 on, over gaps by repetition
 */
export async function decodeLuma(
  source: string | Uint8Array,
  size: { readonly width: number; readonly height: number },
  options: { readonly picturesPerSec?: number } = {},
): Promise<PatternImage[]> {
  const { picturesPerSec } = options;
  const chosen = picturesPerSec === undefined ? [] : [`fps=${picturesPerSec}:start_time=0:round=near`];
  const filter = [
    '-an',
    '-vf',
    [...chosen, `scale=${size.width}:${size.height}`].join(','),
    '-pix_fmt',
    'yuv420p',
    '-f',
    'rawvideo',
    'pipe:1',
  ];
  const raw = await decode(source, filter);
  const lumaBytes = size.width * size.height;
  const frameBytes = (lumaBytes * 3) / 2;
  return Array.from({ length: Math.floor(raw.length / frameBytes) }, (_, index) => ({
    ...size,
    bytesPerPixel: 1,
    data: raw.subarray(index * frameBytes, index * frameBytes + lumaBytes),
  }));
}

/**
 * The sound of a file or of bytes: mono, 48 kHz, -1..1.
 * @param options fillsGaps: silence where none was recorded, so that sample n is that of time n / 48000
 */
export async function decodeSamples(
  source: string | Uint8Array,
  options: { readonly fillsGaps?: boolean } = {},
): Promise<Float32Array> {
  const filling = options.fillsGaps === true ? ['-af', 'aresample=async=1:min_hard_comp=0.01:first_pts=0'] : [];
  const raw = await decode(source, ['-vn', ...filling, '-ac', '1', '-ar', '48000', '-f', 'f32le', 'pipe:1']);
  return new Float32Array(new Uint8Array(raw).buffer, 0, Math.floor(raw.length / 4));
}

function decode(source: string | Uint8Array, outputArgs: readonly string[]): Promise<Buffer> {
  if (typeof source === 'string') return runFfmpeg(['-i', source, ...outputArgs]);
  return runFfmpeg(['-i', 'pipe:0', ...outputArgs], source);
}
