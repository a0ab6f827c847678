/** Judges a program by its content: what colour is where in which frame, which tone sounds when. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Rgb } from '../../../src/mixer/picture/rgb.ts';
import { yuvToRgb } from '../../../src/mixer/picture/colour.ts';

/** Frames are judged at a tenth of their size: 128x72. */
const scale = 10;
const width = 128;
const height = 72;

export interface Media {
  readonly init: Uint8Array;
  readonly fragments: readonly Uint8Array[];
}

/** Decodes every frame of a 1280x720 rendition. */
export async function decodeVideo(
  media: Media,
): Promise<{ frameCount: number; colourAt(frame: number, x: number, y: number): Rgb }> {
  const filter = `scale=${width}:${height}:flags=neighbor`;
  const bytes = await ffmpeg(media, [
    '-vf',
    filter,
    '-fps_mode',
    'passthrough',
    '-pix_fmt',
    'yuv444p',
    '-f',
    'rawvideo',
  ]);
  const planeLength = width * height;
  return {
    frameCount: bytes.length / (3 * planeLength),
    colourAt(frame, x, y) {
      const at = frame * 3 * planeLength + Math.floor(y / scale) * width + Math.floor(x / scale);
      return yuvToRgb({ y: bytes[at]!, u: bytes[at + planeLength]!, v: bytes[at + 2 * planeLength]! });
    },
  };
}

/** Decodes one frame of a 1280x720 rendition in full: I420 bytes. */
export async function decodeFrame(media: Media, frame: number): Promise<Uint8Array> {
  const select = ['-vf', `select=eq(n\\,${frame})`, '-fps_mode', 'passthrough', '-frames:v', '1'];
  return ffmpeg(media, [...select, '-pix_fmt', 'yuv420p', '-f', 'rawvideo']);
}

/** Luma PSNR in dB inside a rectangle of two pictures of the same width. */
export function psnrDb(
  a: Uint8Array,
  b: Uint8Array,
  pictureWidth: number,
  rect: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): number {
  let sum = 0;
  for (let y = rect.y; y < rect.y + rect.height; y++) {
    for (let at = y * pictureWidth + rect.x; at < y * pictureWidth + rect.x + rect.width; at++) {
      sum += (a[at]! - b[at]!) ** 2;
    }
  }
  return 10 * Math.log10(255 ** 2 / Math.max(1e-9, sum / (rect.width * rect.height)));
}

/** Decodes every sample of an audio rendition, left channel, -1..1. */
export async function decodeAudio(media: Media): Promise<Float32Array> {
  const bytes = await ffmpeg(media, ['-af', 'pan=mono|c0=c0', '-f', 'f32le']);
  return new Float32Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.length / 4));
}

/** Level of one tone in a span of samples at 48 kHz, in dBFS of its peak (Goertzel). */
export function toneLevelDb(samples: Float32Array, toneHz: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * toneHz) / 48_000);
  let previous = 0;
  let beforePrevious = 0;
  for (const sample of samples) {
    const current = sample + coefficient * previous - beforePrevious;
    beforePrevious = previous;
    previous = current;
  }
  const power = previous ** 2 + beforePrevious ** 2 - coefficient * previous * beforePrevious;
  return 20 * Math.log10(Math.max(1e-9, (2 * Math.sqrt(Math.max(0, power))) / samples.length));
}

/** True when the colours differ by no more than what x264 may do to a flat area. */
export function isColour(actual: Rgb, expected: Rgb): boolean {
  return (['r', 'g', 'b'] as const).every((channel) => Math.abs(actual[channel] - expected[channel]) <= 12);
}

async function ffmpeg(media: Media, output: readonly string[]): Promise<Uint8Array> {
  const args = ['-nostdin', '-hide_banner', '-loglevel', 'error', '-f', 'mp4', '-i', 'pipe:0', ...output, 'pipe:1'];
  const child = spawn('ffmpeg', args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(Buffer.concat([media.init, ...media.fragments]));
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`The judge's FFmpeg ended with ${code}.`);
  return new Uint8Array(Buffer.concat(chunks));
}
