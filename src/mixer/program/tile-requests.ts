/** Remembers which size each camera is shown in and tells when that changes, so that the SFU sends the fitting layer. */
import { type TileKind } from '../source-contract.ts';

export class TileRequests {
  readonly #asked = new Map<string, TileKind>();
  readonly #ask: (sourceId: string, tile: TileKind) => void;

  constructor(ask: (sourceId: string, tile: TileKind) => void) {
    this.#ask = ask;
  }

  /** The cameras there are now, each with the size it is wanted in. */
  update(wanted: ReadonlyMap<string, TileKind>): void {
    for (const [sourceId, tile] of wanted) {
      if (this.#asked.get(sourceId) === tile) continue;
      this.#asked.set(sourceId, tile);
      this.#ask(sourceId, tile);
    }
    for (const sourceId of this.#asked.keys()) if (!wanted.has(sourceId)) this.#asked.delete(sourceId);
  }
}
