/** The date ranges that playlists list: where each was put in, how old it is, and which have gone lately. */
import { type DateRange, dateRangeTag } from '../../media/m3u8/date-range.ts';

/** The place in the playlist at which it was appended: behind so many parts of that segment. */
export interface DateRangeAnchor {
  readonly mediaSequenceNumber: number;
  readonly partIndex: number;
}

export interface ListedDateRange extends DateRangeAnchor {
  readonly tag: string;
  readonly addedAtMs: number;
}

interface Held extends ListedDateRange {
  readonly range: DateRange;
}

/** More are refused; far above what happens on a stage within the longest window. */
export const maxListedDateRanges = 5000;

export class DateRangeList {
  readonly #ids = new Set<string>();
  #held: Held[] = [];
  #removed: { readonly id: string; readonly atMs: number }[] = [];

  /** In the order in which they came. */
  get listed(): readonly ListedDateRange[] {
    return this.#held;
  }

  get isFull(): boolean {
    return this.#held.length >= maxListedDateRanges;
  }

  /** @returns false when the id was used before. @param nowMs monotonic */
  add(range: DateRange, anchor: DateRangeAnchor, nowMs: number): boolean {
    if (this.#ids.has(range.id)) return false;
    this.#ids.add(range.id);
    this.#held.push({ ...anchor, range, tag: dateRangeTag(range), addedAtMs: nowMs });
    return true;
  }

  /** What a playlist that begins at this program time lists, in the order in which they came. */
  listedFrom(firstListedMs: number): readonly ListedDateRange[] {
    const isOver = this.#overBefore(firstListedMs);
    return this.#held.filter(({ range }) => !isOver(range));
  }

  /**
   * Takes out what ended before `firstListedMs`, the program time at which the playlists begin: none of its dates can be
   * mapped any more (rule 62). What began last of its kind and ends with the next one stays.
   * @param rememberMs how long the ids of those removed are told
   */
  removeBefore(firstListedMs: number, nowMs: number, rememberMs: number): void {
    const isOver = this.#overBefore(firstListedMs);
    const over = this.#held.filter(({ range }) => isOver(range));
    if (over.length > 0) this.#held = this.#held.filter((held) => !over.includes(held));
    this.#removed = [
      ...this.#removed.filter(({ atMs }) => nowMs - atMs < rememberMs),
      ...over.map(({ range }) => ({ id: range.id, atMs: nowMs })),
    ];
  }

  /** Ids of those that were removed lately. */
  get recentlyRemovedIds(): readonly string[] {
    return this.#removed.map(({ id }) => id);
  }

  #overBefore(ms: number): (range: DateRange) => boolean {
    const latestStartMs = new Map<string, number>();
    for (const { range } of this.#held) {
      if (range.startMs < ms)
        latestStartMs.set(range.kind, Math.max(range.startMs, latestStartMs.get(range.kind) ?? -Infinity));
    }
    return ({ kind, startMs, endMs }) =>
      startMs < ms && (endMs === undefined ? startMs < latestStartMs.get(kind)! : endMs < ms);
  }
}
