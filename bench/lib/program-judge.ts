/** Proves by content that a mixer mixed: every panelist is seen moving in a tile of their own and heard, in every size. */
import { isSyncSample, parseFragment, parseInitSegment } from '../../src/media/fmp4/index.ts';
import { arrange } from '../../src/mixer/layout/arrange.ts';
import { type MixerEvent } from '../../src/mixer/index.ts';
import { decodeLuma, decodeSamples } from '../../test/support/decode-media.ts';
import { type PatternImage, readPattern, tonePower } from '../../test/support/pattern/index.ts';
import { round } from './percentiles.ts';

const sampleRateHz = 48_000;
/** FFmpeg's sine has an amplitude of 1/8: -21 dBFS, if nothing of it is lost. */
const heardDb = -35;
/** The pattern of a thumbnail in the smallest size: scaled up to this before it is read. */
const smallestReadableHeight = 432;

type Media = Extract<MixerEvent, { type: 'init' | 'fragment' }>;
type Person = { readonly identity: number; readonly toneHz: number };
/** Layouts that are measured. */
export type JudgedLayout = 'spotlight' | 'grid';

/** The last seconds of a program, as something FFmpeg can decode: bytes or the name of a file. */
export interface ProgramMedia {
  /** One per size, largest first. */
  readonly video: readonly (string | Uint8Array)[];
  readonly audio: string | Uint8Array;
  /**
   * Pictures at both ends that are not judged: a file that was cut anywhere begins with half a group, and a program
   * that is told to end may end with the first of its panelists.
   */
  readonly unjudgedCounts?: { readonly first: number; readonly last: number };
}

export interface ProgramVerdict {
  readonly pictureCount: number;
  /** Different pictures of the large tile per picture of the program, 0..1: below 1 it stood still in between. */
  readonly freshRatio: number;
}

/** Keeps the last complete picture group of every size of a program and the sound of about the same time. */
export class ProgramTail {
  readonly #inits = new Map<string, Uint8Array>();
  readonly #ids: { readonly video: readonly string[]; readonly audio: string };
  readonly #open = new Map<string, Uint8Array[]>();
  readonly #complete = new Map<string, readonly Uint8Array[]>();

  constructor(ids: { readonly video: readonly string[]; readonly audio: string }) {
    this.#ids = ids;
  }

  push(event: Media): void {
    const { renditionId, bytes } = event;
    if (event.type === 'init') this.#inits.set(renditionId, bytes);
    else if (renditionId === this.#ids.audio) this.#openOf(renditionId).push(bytes);
    else {
      if (this.#isKeyframe(event)) this.#turn(renditionId);
      this.#openOf(renditionId).push(bytes);
    }
  }

  /** Playable bytes. @throws Error when a rendition has no complete group yet */
  media(): ProgramMedia {
    return { video: this.#ids.video.map((id) => this.#playable(id)), audio: this.#playable(this.#ids.audio) };
  }

  #playable(renditionId: string): Buffer {
    const init = this.#inits.get(renditionId);
    const fragments = this.#complete.get(renditionId) ?? [];
    if (init === undefined || fragments.length === 0) throw new Error(`${renditionId} has no complete group yet.`);
    return Buffer.concat([init, ...fragments]);
  }

  #isKeyframe({ renditionId, bytes }: Media): boolean {
    const init = this.#inits.get(renditionId);
    if (init === undefined) throw new Error('A fragment came before its init.');
    const [sample] = parseFragment(bytes, parseInitSegment(init)).samples;
    return sample !== undefined && isSyncSample(sample);
  }

  /** Sound has no groups of its own: it is cut where the largest size begins one. */
  #turn(renditionId: string): void {
    const turning = renditionId === this.#ids.video[0] ? [renditionId, this.#ids.audio] : [renditionId];
    for (const id of turning) {
      this.#complete.set(id, this.#openOf(id));
      this.#open.set(id, []);
    }
  }

  #openOf(renditionId: string): Uint8Array[] {
    let fragments = this.#open.get(renditionId);
    if (fragments === undefined) this.#open.set(renditionId, (fragments = []));
    return fragments;
  }
}

/** As `judgeProgram`, for figures that are to be reported with their doubts: what is wrong is a field, not an end. */
export async function judgeOrDoubt(
  ...args: Parameters<typeof judgeProgram>
): Promise<{ readonly freshRatio: number | null; readonly doubt: string | null }> {
  try {
    const { freshRatio } = await judgeProgram(...args);
    return { freshRatio, doubt: null };
  } catch (error) {
    return { freshRatio: null, doubt: (error as Error).message };
  }
}

/**
 * @param canvas of the program; smaller sizes are scaled up to it where patterns would be too small to be read.
 * @throws Error that says who is missing, frozen or not heard
 */
export async function judgeProgram(
  media: ProgramMedia,
  people: readonly Person[],
  canvas: { readonly width: number; readonly height: number },
  layout: JudgedLayout = 'spotlight',
): Promise<ProgramVerdict> {
  const verdicts: ProgramVerdict[] = [];
  for (const [index, source] of media.video.entries()) {
    // Not larger than needed: the raw pictures are all in memory.
    const factor = index === 0 ? 1 : smallestReadableHeight / canvas.height;
    const size = { width: Math.round(canvas.width * factor), height: Math.round(canvas.height * factor) };
    const decoded = await decodeLuma(source, size);
    const { first, last } = media.unjudgedCounts ?? { first: 0, last: 0 };
    const pictures = decoded.slice(first, decoded.length - last);
    verdicts.push(judgePictures(pictures, people, size, layout));
  }
  const samples = await decodeSamples(media.audio);
  for (const { identity, toneHz } of people) {
    const levelDb = 10 * Math.log10(tonePower(samples, sampleRateHz, toneHz) + 1e-12);
    if (levelDb < heardDb) throw new Error(`Panelist ${identity} is heard at ${levelDb.toFixed(1)} dBFS only.`);
  }
  return verdicts[0]!;
}

function judgePictures(
  pictures: readonly PatternImage[],
  people: readonly Person[],
  canvas: { readonly width: number; readonly height: number },
  layout: JudgedLayout,
): ProgramVerdict {
  if (pictures.length < 2) throw new Error('The program has no moving picture.');
  const rects = arrange(layout, canvas, people.length).people;
  const identities = new Set<number>();
  for (const rect of rects) {
    const readings = [pictures[0]!, pictures[1]!, pictures.at(-1)!].map((picture) => readPattern(picture, rect));
    const place = `The tile at ${rect.x},${rect.y} of ${canvas.width}x${canvas.height}`;
    const [first, ...later] = readings;
    if (first === undefined || later.includes(undefined)) throw new Error(`${place} shows no panelist.`);
    if (later.some((reading) => reading?.identity !== first.identity)) throw new Error(`${place} changed hands.`);
    if (later.every((reading) => reading?.counter === first.counter)) throw new Error(`${place} does not move.`);
    identities.add(first.identity);
  }
  const missing = people.filter(({ identity }) => !identities.has(identity));
  // More people than places: the others are heard, and counted on the last tile.
  if (missing.length > people.length - rects.length) throw new Error(`Panelist ${missing[0]!.identity} is in no tile.`);
  const counters = pictures.map((picture) => readPattern(picture, rects[0])?.counter);
  const freshCount = counters.filter((counter, index) => counter !== undefined && counter !== counters[index - 1]);
  return { pictureCount: pictures.length, freshRatio: round(freshCount.length / pictures.length, 3) };
}
