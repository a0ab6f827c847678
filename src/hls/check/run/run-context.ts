/** What everything that takes part in one check has in common. */
import { type Clock } from '../../../core/clock.ts';
import { RostrumError } from '../../../core/errors.ts';
import { type CheckClient } from '../http/check-client.ts';
import { type Judge, printable, type Severity } from '../findings.ts';

/** Things that kept the check from looking, counted. Bounded. */
export class Notes {
  readonly #counts = new Map<string, number>();
  static readonly maxCount = 50;

  add(text: string): void {
    const note = printable(text);
    if (this.#counts.has(note) || this.#counts.size < Notes.maxCount)
      this.#counts.set(note, (this.#counts.get(note) ?? 0) + 1);
  }

  get all(): readonly { readonly text: string; readonly count: number }[] {
    return [...this.#counts].map(([text, count]) => ({ text, count }));
  }
}

export interface Counts {
  playlists: number;
  deltaUpdates: number;
  segments: number;
  parts: number;
  mediaBytes: number;
}

export interface RunContext {
  readonly client: CheckClient;
  readonly clock: Clock;
  readonly judge: Judge;
  readonly notes: Notes;
  readonly counts: Counts;
  /** Ends the run: no request begins behind it. */
  readonly signal: AbortSignal;
  /** Of what only Apple's low-latency profile asks for: `E` once any playlist of the stream lists parts. */
  readonly strict: () => Severity;
  /** Takes a fault of this program in work that nobody waits for: it ends the run, and comes out of it. */
  readonly fail: (error: unknown) => void;
  /** Tells that a playlist of the stream lists parts. */
  readonly foundLowLatency: () => void;
}

/** Runs the work; errors with a code become notes, the end of the run is none. Others are faults of this program. */
export async function noted(context: RunContext, what: string, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof RostrumError)) throw error;
    if (error.code !== 'HLS_CHECK_STOPPED') context.notes.add(`${what}: ${error.message} (${error.code})`);
    return false;
  }
}
