/** Judges what a mixer wrote: every picture tile by tile, every sample, every time stamp. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseFragment, parseInitSegment } from '../../../src/media/fmp4/index.ts';
import { type MixerEvent } from '../../../src/mixer/ports.ts';
import { type Media, toneLevelDb } from '../mixer/judge.ts';
import { type PatternImage, readPattern, type TileRect } from '../pattern/index.ts';
import { clipSec } from './clip.ts';
import { acceptanceCanvas } from './live-program.ts';

type LayoutApplied = Extract<MixerEvent, { type: 'layoutApplied' }>;

/** Which tile says what in one picture. */
export interface TileReading {
  readonly participantId: string;
  readonly content: 'camera' | 'screen';
  readonly rect: TileRect;
  /** Undefined when there is no pattern to read: an avatar, or garbage. */
  readonly identity: number | undefined;
  readonly counter: number | undefined;
}

export interface JudgedFrame {
  readonly index: number;
  readonly tiles: readonly TileReading[];
}

/** Reads every tile of every picture; tiles are where the mixer says they are. `look` sees each picture once. */
export async function judgePictures(
  media: Media,
  layouts: readonly LayoutApplied[],
  look: (image: PatternImage, frame: JudgedFrame) => void = () => undefined,
  { width, height }: { readonly width: number; readonly height: number } = acceptanceCanvas,
): Promise<JudgedFrame[]> {
  const frames: JudgedFrame[] = [];
  await decodePictures(media, width * height, (data) => {
    const index = frames.length;
    const image: PatternImage = { data, width, height, bytesPerPixel: 1 };
    const layout = layouts.findLast(({ frameIndex }) => frameIndex <= index);
    const tiles = (layout?.tiles ?? []).map((tile): TileReading => {
      const reading = readPattern(image, wholePicture(tile.rect));
      return { ...tile, identity: reading?.identity, counter: reading?.counter };
    });
    const frame = { index, tiles };
    frames.push(frame);
    look(image, frame);
  });
  return frames;
}

/** Clips are 16:9. */
const clipShape = 16 / 9;

/** Where the whole of a clip's picture would be that fills a tile and is cut at the centre; even, as tiles are. */
export function wholePicture({ x, y, width, height }: TileRect): TileRect {
  const whole = {
    width: 2 * Math.round(Math.max(width, height * clipShape) / 2),
    height: 2 * Math.round(Math.max(height, width / clipShape) / 2),
  };
  return { x: x - (whole.width - width) / 2, y: y - (whole.height - height) / 2, ...whole };
}

/** Steps of a counter that goes round with the clip; negative when it went backwards. */
export function counterStep(from: number, to: number, frameRate = acceptanceCanvas.frameRate): number {
  const round = clipSec * frameRate;
  const step = (((to - from) % round) + round) % round;
  return step > round / 2 ? step - round : step;
}

/** Ticks at which fragments begin, in the timescale of their track. */
export function startTicks({ init, fragments }: Media): number[] {
  const track = parseInitSegment(init);
  return fragments.map((bytes) => parseFragment(bytes, track).startTicks);
}

/** Level of a tone from one second of the program to another, in dBFS. */
export function levelDb(samples: Float32Array, toneHz: number, fromSec: number, toSec: number): number {
  return toneLevelDb(samples.subarray(Math.round(fromSec * 48_000), Math.round(toSec * 48_000)), toneHz);
}

/** What FFmpeg's own detectors found, in seconds of the program: black pictures, frozen ones, silence. */
export async function detect(video: Media, audio: Media, freezeNoiseDb = -60): Promise<Record<Detector, Interval[]>> {
  const blackAndFreeze = `blackdetect=d=0.2:pix_th=0.05,freezedetect=n=${freezeNoiseDb}dB:d=1`;
  const seen = await complaints(video, ['-vf', blackAndFreeze]);
  const heard = await complaints(audio, ['-af', 'silencedetect=n=-60dB:d=0.3']);
  return {
    black: [...seen.matchAll(/black_start:([\d.]+) black_end:([\d.]+)/g)].map(interval),
    freeze: intervals(seen, 'freeze_start: ', 'freeze_end: '),
    silence: intervals(heard, 'silence_start: ', 'silence_end: '),
  };
}

export type Detector = 'black' | 'freeze' | 'silence';
export type Interval = readonly [fromSec: number, toSec: number];

function interval(match: RegExpExecArray): Interval {
  return [Number(match[1]), Number(match[2])];
}

/** An interval that is still open at the end has no end. */
function intervals(text: string, start: string, end: string): Interval[] {
  const valuesOf = (label: string) =>
    [...text.matchAll(new RegExp(`${label}(-?[\\d.]+)`, 'g'))].map((match) => Number(match[1]));
  const ends = valuesOf(end);
  return valuesOf(start).map((from, index) => [from, ends[index] ?? Infinity]);
}

async function complaints(media: Media, filter: readonly string[]): Promise<string> {
  const args = ['-hide_banner', '-nostats', '-f', 'mp4', '-i', 'pipe:0', ...filter, '-f', 'null', '-'];
  const child = spawn('ffmpeg', args, { stdio: ['pipe', 'ignore', 'pipe'] });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  child.stdin.end(Buffer.concat([media.init, ...media.fragments]));
  await once(child, 'close');
  return text;
}

/** One luma plane after the other, none kept: a minute of them would not fit. */
async function decodePictures(media: Media, lumaBytes: number, onPicture: (data: Uint8Array) => void): Promise<void> {
  // The plane as it is: a conversion to gray would stretch it to the full range.
  const output = ['-an', '-vf', 'extractplanes=y', '-fps_mode', 'passthrough', '-f', 'rawvideo', 'pipe:1'];
  const args = ['-nostdin', '-hide_banner', '-loglevel', 'error', '-f', 'mp4', '-i', 'pipe:0', ...output];
  const child = spawn('ffmpeg', args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(Buffer.concat([media.init, ...media.fragments]));
  const picture = new Uint8Array(lumaBytes);
  let filled = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    for (let at = 0; at < chunk.length;) {
      const count = Math.min(chunk.length - at, lumaBytes - filled);
      picture.set(chunk.subarray(at, at + count), filled);
      at += count;
      filled += count;
      if (filled < lumaBytes) continue;
      filled = 0;
      onPicture(picture);
    }
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`The judge's FFmpeg ended with ${code}.`);
}
