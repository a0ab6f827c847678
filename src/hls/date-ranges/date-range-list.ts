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

export interface HeldDateRange extends ListedDateRange {
  readonly range: DateRange;
}

/** One change of a list; as with windows, the same calls make the same list. */
export type DateRangeCall =
  | { readonly call: 'add'; readonly range: DateRange; readonly anchor: DateRangeAnchor; readonly nowMs: number }
  | {
      readonly call: 'removeBefore';
      readonly firstListedMs: number;
      readonly nowMs: number;
      readonly rememberMs: number;
    };

/** All of a list at one moment, but for ids that left it long ago. */
export interface DateRangeState {
  readonly held: readonly HeldDateRange[];
  readonly removed: readonly { readonly id: string; readonly atMs: number }[];
}

/** More are refused; far above what happens on a stage within the longest window. */
export const maxListedDateRanges = 5000;

export class DateRangeList {
  readonly #ids = new Set<string>();
  #held: HeldDateRange[] = [];
  #removed: { readonly id: string; readonly atMs: number }[] = [];

  /** Hears of every change that is made. */
  onCall: ((call: DateRangeCall) => void) | undefined;

  get state(): DateRangeState {
    return { held: [...this.#held], removed: [...this.#removed] };
  }

  /** Becomes what another list was. */
  restore({ held, removed }: DateRangeState): void {
    this.#held = [...held];
    this.#removed = [...removed];
  }

  apply(call: DateRangeCall): void {
    if (call.call === 'add') this.add(call.range, call.anchor, call.nowMs);
    else this.removeBefore(call.firstListedMs, call.nowMs, call.rememberMs);
  }

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
    this.onCall?.({ call: 'add', range, anchor, nowMs });
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
    this.onCall?.({ call: 'removeBefore', firstListedMs, nowMs, rememberMs });
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
