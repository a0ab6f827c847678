/** Sizes that the program stopped carrying: looks now and then whether they are back, and lets the player have them again. */

export interface DroppedSize {
  /** Of its media playlist. */
  readonly url: string;
  readonly restore: () => void;
}

export interface DroppedSizesOptions {
  /** Text of a playlist; rejects when it cannot be had. */
  readonly loadText: (url: string) => Promise<string>;
  readonly nowMs: () => number;
}

/** A look costs one playlist; trying the size itself would cost a stall each time that it is still missing. */
const lookPeriodMs = 10_000;
/** What must be there again: more than a live player has between what it shows and the end. */
const wantedSegmentCount = 3;

export class DroppedSizes {
  readonly #options: DroppedSizesOptions;
  readonly #dropped = new Map<string, DroppedSize>();
  #lastLookMs: number;

  constructor(options: DroppedSizesOptions) {
    this.#options = options;
    this.#lastLookMs = options.nowMs();
  }

  add(size: DroppedSize): void {
    if (this.#dropped.size === 0) this.#lastLookMs = this.#options.nowMs();
    this.#dropped.set(size.url, size);
  }

  /** Called at least every few seconds; looks when it is time. */
  async tick(): Promise<void> {
    const nowMs = this.#options.nowMs();
    if (this.#dropped.size === 0 || nowMs - this.#lastLookMs < lookPeriodMs) return;
    this.#lastLookMs = nowMs;
    await Promise.all([...this.#dropped.values()].map((size) => this.#look(size)));
  }

  async #look({ url, restore }: DroppedSize): Promise<void> {
    let text: string;
    try {
      text = await this.#options.loadText(url);
    } catch {
      // No answer is no news: the next look may get one.
      return;
    }
    if (!endsWhole(text) || !this.#dropped.delete(url)) return;
    restore();
  }
}

/** True when the newest segments of a media playlist are no gaps. Every segment of ours begins with a date. */
export function endsWhole(playlistText: string): boolean {
  const segments = playlistText.split('#EXT-X-PROGRAM-DATE-TIME').slice(1).slice(-wantedSegmentCount);
  return segments.length === wantedSegmentCount && segments.every((text) => !text.includes('#EXT-X-GAP'));
}
