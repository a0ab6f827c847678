/** What changes in a program from one published state to the next, for processes that serve the same program. */
import { type DateRangeCall, type DateRangeList, type DateRangeState } from '../date-ranges/date-range-list.ts';
import { type CaptionRenditionSpec, type RenditionSpec } from '../ports.ts';
import { type ProgramTiming } from './program-timing.ts';
import { type RenditionWindow, type WindowCall, type WindowState } from './rendition-window.ts';

export type ProgramChange =
  | { readonly to: 'window'; readonly renditionId: string; readonly call: WindowCall }
  | { readonly to: 'dateRanges'; readonly call: DateRangeCall };

/** What a program is besides its windows and date ranges. */
export interface PublishedState {
  readonly version: number;
  readonly publishedAtMs: number;
  readonly nextMsn: number;
  readonly isEnded: boolean;
  readonly carriedIds: readonly string[];
  readonly pendingRunIndex: number | null;
  readonly codecStrings: Readonly<Record<string, string>>;
}

/** All of a program at one moment. */
export interface ProgramSnapshot {
  readonly webinarId: string;
  readonly sessionId: string;
  readonly renditions: readonly RenditionSpec[];
  readonly captions: readonly CaptionRenditionSpec[];
  readonly timing: ProgramTiming;
  readonly windows: readonly {
    readonly renditionId: string;
    readonly timescaleHz: number;
    readonly state: WindowState;
  }[];
  readonly dateRanges: DateRangeState;
  readonly published: PublishedState;
}

export type PublishedListener = (changes: readonly ProgramChange[], published: PublishedState) => void;

export class ChangeJournal {
  readonly #listeners = new Set<PublishedListener>();
  #changes: ProgramChange[] = [];

  constructor(windows: Iterable<readonly [string, RenditionWindow]>, dateRanges: DateRangeList) {
    for (const [renditionId, window] of windows)
      window.onCall = (call) => this.#note({ to: 'window', renditionId, call });
    dateRanges.onCall = (call) => this.#note({ to: 'dateRanges', call });
  }

  /** Told of everything that is published after the state that the program has now. @returns the function that ends it */
  listen(listener: PublishedListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  published(state: () => PublishedState): void {
    const changes = this.#changes;
    this.#changes = [];
    if (this.#listeners.size === 0) return;
    const published = state();
    for (const listener of this.#listeners) listener(changes, published);
  }

  /** Always: somebody may begin to listen in the middle of a change, and must not get half of it. */
  #note(change: ProgramChange): void {
    this.#changes.push(change);
  }
}
