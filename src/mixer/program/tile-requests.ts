/** Remembers the size each camera is wanted in and tells when it changes, to its decoder and to the SFU. */
import { isSameSize, type PictureSize } from '../source-contract.ts';

export class TileRequests {
  readonly #asked = new Map<string, PictureSize | undefined>();
  readonly #ask: (sourceId: string, size: PictureSize | undefined) => void;

  constructor(ask: (sourceId: string, size: PictureSize | undefined) => void) {
    this.#ask = ask;
  }

  /** The cameras there are now, each with the size of its tile; undefined for one that is in none. */
  update(wanted: ReadonlyMap<string, PictureSize | undefined>): void {
    for (const [sourceId, size] of wanted) {
      if (this.#asked.has(sourceId) && isSameSize(this.#asked.get(sourceId), size)) continue;
      this.#asked.set(sourceId, size);
      this.#ask(sourceId, size);
    }
    for (const sourceId of this.#asked.keys()) if (!wanted.has(sourceId)) this.#asked.delete(sourceId);
  }
}
