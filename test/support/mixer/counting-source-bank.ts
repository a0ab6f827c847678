/** One camera whose every composed picture carries the next number, so that a test can see what a program lost or repeated. */
import { type I420Picture, type PictureSize } from '../../../src/mixer/source-contract.ts';
import { decodeLuma } from '../decode-media.ts';
import { type PatternReading, drawPattern, readPattern } from '../pattern/index.ts';
import { type Media } from './judge.ts';
import { SyntheticSourceBank } from './synthetic-source-bank.ts';

export class CountingSourceBank extends SyntheticSourceBank {
  #size: PictureSize | undefined;
  #counter = 0;
  #picture: I420Picture | undefined;

  /** Of the tile that the camera is shown in. */
  get tileSize(): PictureSize {
    if (this.#size === undefined) throw new Error('The camera is in no tile.');
    return this.#size;
  }

  override requestSize(sourceId: string, size: PictureSize | undefined): void {
    super.requestSize(sourceId, size);
    this.#size = size;
  }

  override videoOf(participantId: string) {
    const source = super.videoOf(participantId);
    return source && { ...source, latest: () => this.#current() };
  }

  /** However often it is asked for within one composed frame. */
  #current(): I420Picture | undefined {
    if (this.#size === undefined) return undefined;
    if (this.#picture === undefined) {
      const { width, height } = this.#size;
      this.#picture = { width, height, data: drawPattern({ identity: 5, counter: this.#counter++ }, width, height) };
      setImmediate(() => (this.#picture = undefined));
    }
    return this.#picture;
  }
}

/** The number in every frame of a program where the camera stands alone in the middle; undefined where there is none. */
export async function readCounters(media: Media, tile: PictureSize): Promise<(number | undefined)[]> {
  const share = 4;
  const size = { width: 1280 / share, height: 720 / share };
  const frames = await decodeLuma(Buffer.concat([media.init, ...media.fragments]), size);
  const rect = {
    x: (size.width - tile.width / share) / 2,
    y: (size.height - tile.height / share) / 2,
    width: tile.width / share,
    height: tile.height / share,
  };
  return frames.map((frame): PatternReading | undefined => readPattern(frame, rect)).map((reading) => reading?.counter);
}
