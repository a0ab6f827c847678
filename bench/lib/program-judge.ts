/** Proves by content that a mixer mixed: every panelist is seen moving in a tile of their own and heard. */
import { isSyncSample, parseFragment, parseInitSegment } from '../../src/media/fmp4/index.ts';
import { arrange } from '../../src/mixer/layout/arrange.ts';
import { type MixerEvent } from '../../src/mixer/index.ts';
import { decodeLuma, decodeSamples } from '../../test/support/decode-media.ts';
import { readPattern, tonePower } from '../../test/support/pattern/index.ts';

const canvas = { width: 1280, height: 720 } as const;
const sampleRateHz = 48_000;
/** FFmpeg's sine has an amplitude of 1/8: -21 dBFS, if nothing of it is lost. */
const heardDb = -35;

type Media = Extract<MixerEvent, { type: 'init' | 'fragment' }>;

/** Keeps the last complete picture group of a program and the sound of about the same time. */
export class ProgramTail {
  readonly #inits = new Map<string, Uint8Array>();
  readonly #ids: { readonly video: string; readonly audio: string };
  #open: Uint8Array[] = [];
  #complete: readonly Uint8Array[] = [];
  #sound: Uint8Array[] = [];
  #completeSound: readonly Uint8Array[] = [];

  constructor(ids: { readonly video: string; readonly audio: string }) {
    this.#ids = ids;
  }

  push(event: Media): void {
    if (event.type === 'init') this.#inits.set(event.renditionId, event.bytes);
    else if (event.renditionId === this.#ids.video) this.#pushPicture(event.bytes);
    else if (event.renditionId === this.#ids.audio) this.#sound.push(event.bytes);
  }

  /** Playable bytes. @throws Error when the program has no complete group yet */
  media(kind: 'video' | 'audio'): Buffer {
    const init = this.#inits.get(this.#ids[kind]);
    const fragments = kind === 'video' ? this.#complete : this.#completeSound;
    if (init === undefined || fragments.length === 0) throw new Error(`The program has no complete ${kind} yet.`);
    return Buffer.concat([init, ...fragments]);
  }

  #pushPicture(bytes: Uint8Array): void {
    const init = this.#inits.get(this.#ids.video);
    if (init === undefined) throw new Error('A fragment came before its init.');
    const [sample] = parseFragment(bytes, parseInitSegment(init)).samples;
    if (sample !== undefined && isSyncSample(sample)) {
      [this.#complete, this.#completeSound] = [this.#open, this.#sound];
      [this.#open, this.#sound] = [[], []];
    }
    this.#open.push(bytes);
  }
}

/** @throws Error that says who is missing, frozen or not heard */
export async function judgeProgram(
  tail: ProgramTail,
  people: readonly { readonly identity: number; readonly toneHz: number }[],
): Promise<void> {
  const pictures = await decodeLuma(tail.media('video'), canvas);
  const [first, last] = [pictures[0], pictures.at(-1)];
  if (first === undefined || last === undefined) throw new Error('The program has no picture.');
  const rects = arrange('spotlight', canvas, people.length).people;
  const identities = new Set<number>();
  for (const rect of rects) {
    const [before, after] = [readPattern(first, rect), readPattern(last, rect)];
    const place = `The tile at ${rect.x},${rect.y}`;
    if (before === undefined || after === undefined) throw new Error(`${place} shows no panelist.`);
    if (before.identity !== after.identity) throw new Error(`${place} changed hands.`);
    if (before.counter === after.counter) throw new Error(`${place} does not move.`);
    identities.add(after.identity);
  }
  const samples = await decodeSamples(tail.media('audio'));
  for (const { identity, toneHz } of people) {
    if (!identities.has(identity)) throw new Error(`Panelist ${identity} is in no tile.`);
    const levelDb = 10 * Math.log10(tonePower(samples, sampleRateHz, toneHz) + 1e-12);
    if (levelDb < heardDb) throw new Error(`Panelist ${identity} is heard at ${levelDb.toFixed(1)} dBFS only.`);
  }
}
