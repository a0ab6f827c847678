/** What changes in a program from one published state to the next, for processes that serve the same program. */
import { type DateRangeCall, type DateRangeList, type DateRangeState } from '../date-ranges/date-range-list.ts';
import { type CaptionRenditionSpec, type RenditionSpec } from '../ports.ts';
import { type PublishedProgram } from '../published-program.ts';
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

export interface ChangeJournalOptions {
  readonly program: PublishedProgram;
  readonly windows: ReadonlyMap<string, RenditionWindow>;
  readonly dateRanges: DateRangeList;
}

export class ChangeJournal {
  readonly #options: ChangeJournalOptions;
  readonly #listeners = new Set<PublishedListener>();
  #changes: ProgramChange[] = [];

  constructor(options: ChangeJournalOptions) {
    this.#options = options;
    // Always: somebody may begin to listen in the middle of a change, and must not get half of it.
    for (const [renditionId, window] of options.windows)
      window.onCall = (call) => this.#changes.push({ to: 'window', renditionId, call });
    options.dateRanges.onCall = (call) => this.#changes.push({ to: 'dateRanges', call });
  }

  /** All of the program as it was published last. */
  snapshot(): ProgramSnapshot {
    const { program, windows, dateRanges } = this.#options;
    const { webinarId, sessionId, renditions, captions, timing } = program;
    return {
      ...{ webinarId, sessionId, renditions, captions, timing },
      windows: [...windows].map(([renditionId, window]) => ({
        ...{ renditionId, timescaleHz: window.timescaleHz, state: window.state },
      })),
      dateRanges: dateRanges.state,
      published: publishedState(program),
    };
  }

  /** Told of everything that is published after the state that the program has now. @returns the function that ends it */
  listen(listener: PublishedListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The program has published what changed. */
  published(): void {
    const changes = this.#changes;
    this.#changes = [];
    if (this.#listeners.size === 0) return;
    const state = publishedState(this.#options.program);
    for (const listener of this.#listeners) listener(changes, state);
  }
}

function publishedState(program: PublishedProgram): PublishedState {
  const { version, publishedAtMs, nextMsn, isEnded, pendingRunIndex = null } = program;
  const ids = program.renditions.map(({ renditionId }) => renditionId);
  const codecs = ids.map((renditionId) => [renditionId, program.codecString(renditionId)] as const);
  return {
    ...{ version, publishedAtMs, nextMsn, isEnded, pendingRunIndex },
    carriedIds: ids.filter((renditionId) => program.isCarried(renditionId)),
    codecStrings: Object.fromEntries(codecs.filter((entry): entry is [string, string] => entry[1] !== undefined)),
  };
}
