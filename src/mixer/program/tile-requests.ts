/** Remembers the size each camera is wanted in and tells when it changes, to its decoder and to the SFU. */
import { isSameTileSize, type TileSize } from '../source-contract.ts';

interface Asked {
  readonly size: TileSize | undefined;
  /** Since when it has been wanted in some size, monotonic ms. */
  readonly sinceMs: number;
}

export class TileRequests {
  readonly #asked = new Map<string, Asked>();
  readonly #ask: (sourceId: string, size: TileSize | undefined) => void;

  constructor(ask: (sourceId: string, size: TileSize | undefined) => void) {
    this.#ask = ask;
  }

  /** The cameras there are now, each with the size of its tile; undefined for one that is in none. */
  update(wanted: ReadonlyMap<string, TileSize | undefined>, nowMs: number): void {
    for (const [sourceId, size] of wanted) {
      const before = this.#asked.get(sourceId);
      if (before !== undefined && isSameTileSize(before.size, size)) continue;
      this.#asked.set(sourceId, { size, sinceMs: before?.size === undefined ? nowMs : before.sinceMs });
      this.#ask(sourceId, size);
    }
    for (const sourceId of this.#asked.keys()) if (!wanted.has(sourceId)) this.#asked.delete(sourceId);
  }

  /** How long pictures of a camera have been asked for without a break, in ms; 0 while they are not. */
  askedForMs(sourceId: string, nowMs: number): number {
    const asked = this.#asked.get(sourceId);
    return asked?.size === undefined ? 0 : nowMs - asked.sinceMs;
  }
}
