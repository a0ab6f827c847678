/** Measures lip sync in what a mixer publishes: decodes its fragments and pairs flashes with beeps, in program time. */
import { isSyncSample, parseFragment, parseInitSegment } from '../../../src/media/fmp4/index.ts';
import { type MixerEvent } from '../../../src/mixer/index.ts';
import { decodeLuma, decodeSamples } from '../decode-media.ts';
import { BeepFinder, FlashFinder, pairSkews, type Skew } from './sync-judge.ts';

type Media = Extract<MixerEvent, { type: 'init' | 'fragment' }>;

interface Track {
  readonly renditionId: string;
  init: Uint8Array | undefined;
  open: TimedFragment[];
}

interface TimedFragment {
  readonly bytes: Uint8Array;
  /** Program time. */
  readonly startMs: number;
  readonly durationMs: number;
}

/** Pictures are judged at this size: a flash fills them. */
const judgedSize = { width: 32, height: 18 };
/** Decoded piece by piece, so that an hour of program needs no hour of memory. */
const pieceMs = 10_000;
const samplesPerMs = 48;

export class SyncMeter {
  readonly #video: Track;
  readonly #audio: Track;
  readonly #frameMs: number;
  readonly #onSound: ((samples: Float32Array, startMs: number) => void) | undefined;
  readonly #flashes = new FlashFinder();
  readonly #beeps = new BeepFinder();
  /** Repeated in front of the next piece: AAC needs the packet before. */
  #lastSound: TimedFragment | undefined;
  #judging: Promise<void> = Promise.resolve();
  #failure: unknown;

  /** @param options.onSound takes every piece of sound, -1..1, with the program time of its first sample. */
  constructor(options: {
    readonly video: string;
    readonly audio: string;
    readonly frameRate: number;
    readonly onSound?: (samples: Float32Array, startMs: number) => void;
  }) {
    this.#onSound = options.onSound;
    this.#video = { renditionId: options.video, init: undefined, open: [] };
    this.#audio = { renditionId: options.audio, init: undefined, open: [] };
    this.#frameMs = 1000 / options.frameRate;
  }

  /** Init and fragments in the order in which the mixer gives them; other renditions are ignored. */
  push(event: Media): void {
    const track = [this.#video, this.#audio].find(({ renditionId }) => renditionId === event.renditionId);
    if (track === undefined) return;
    if (event.type === 'init') {
      track.init = event.bytes;
      return;
    }
    if (track.init === undefined) throw new Error('A fragment came before its init.');
    const info = parseInitSegment(track.init);
    const fragment = parseFragment(event.bytes, info);
    const startMs = (fragment.startTicks / info.timescaleHz) * 1000;
    const durationMs = (fragment.durationTicks / info.timescaleHz) * 1000;
    const isWhole = startMs - (this.#video.open[0]?.startMs ?? startMs) >= pieceMs;
    const first = fragment.samples[0];
    if (track === this.#video && isWhole && first !== undefined && isSyncSample(first)) this.#judge();
    track.open.push({ bytes: event.bytes, startMs, durationMs });
  }

  /** Everything pushed so far. @throws Error when a piece could not be decoded */
  async skews(): Promise<Skew[]> {
    this.#judge();
    await this.#judging;
    if (this.#failure !== undefined) throw new Error('The program could not be judged.', { cause: this.#failure });
    return pairSkews(this.#flashes.foundMs, this.#beeps.foundMs);
  }

  #judge(): void {
    const [pictures, sound] = [this.#video.open.splice(0), this.#audio.open.splice(0)];
    const before = this.#lastSound;
    this.#lastSound = sound.at(-1) ?? before;
    this.#judging = this.#judging
      .then(async () => {
        await this.#judgePictures(pictures);
        await this.#judgeSound(sound, before);
      })
      .catch((error: unknown) => {
        this.#failure ??= error;
      });
  }

  async #judgePictures(fragments: readonly TimedFragment[]): Promise<void> {
    const [first] = fragments;
    if (first === undefined) return;
    const bytes = Buffer.concat([this.#video.init!, ...fragments.map((fragment) => fragment.bytes)]);
    const pictures = await decodeLuma(bytes, judgedSize);
    pictures.forEach(({ data }, index) => {
      let brightness = 0;
      for (let at = 0; at < data.length; at++) brightness += data[at]! / data.length;
      this.#flashes.push(first.startMs + index * this.#frameMs, brightness);
    });
  }

  async #judgeSound(fragments: readonly TimedFragment[], before: TimedFragment | undefined): Promise<void> {
    const [first] = fragments;
    if (first === undefined) return;
    const all = before === undefined ? fragments : [before, ...fragments];
    const samples = await decodeSamples(Buffer.concat([this.#audio.init!, ...all.map((fragment) => fragment.bytes)]));
    // FFmpeg leaves out what an edit list tells it to, at the start.
    const endMs = all.at(-1)!.startMs + all.at(-1)!.durationMs;
    const startMs = endMs - samples.length / samplesPerMs;
    const skipCount = Math.max(0, Math.round((first.startMs - startMs) * samplesPerMs));
    this.#onSound?.(samples.subarray(skipCount), startMs + skipCount / samplesPerMs);
    for (const [index, sample] of samples.entries()) {
      const atMs = startMs + index / samplesPerMs;
      if (atMs >= first.startMs) this.#beeps.push(atMs, sample);
    }
  }
}
