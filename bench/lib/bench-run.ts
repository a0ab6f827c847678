/** One run of one bench: owns whatever the bench started and releases it, however the run ends. */
import { type Bench, type BenchContext, type BenchReport } from './bench.ts';

export class BenchRun {
  readonly #releases: (() => unknown)[] = [];
  readonly #note: (line: string) => void;
  readonly #interruption = new AbortController();
  #releasing: Promise<void> = Promise.resolve();

  constructor(note: (line: string) => void) {
    this.#note = note;
  }

  /** Resolves when everything is released. @throws Error of the bench, or when something could not be released */
  async run(bench: Bench, options: Readonly<Record<string, number>>): Promise<BenchReport> {
    const context: BenchContext = {
      options,
      signal: this.#interruption.signal,
      note: this.#note,
      defer: (release) => this.#defer(release),
    };
    try {
      return await bench.run(context);
    } finally {
      await this.#releaseAll();
    }
  }

  /** Takes away what the bench runs on, so that it fails soon: `run` then rejects. */
  interrupt(reason: string): void {
    this.#interruption.abort(new Error(`The bench was interrupted by ${reason}.`));
    this.#releaseAll().catch((error: unknown) => this.#note(String(error)));
  }

  #defer(release: () => unknown): void {
    this.#releases.push(release);
    this.#interruption.signal.throwIfAborted();
  }

  /** One after the other: whoever calls it second waits for what the first call began. */
  #releaseAll(): Promise<void> {
    const drain = (): Promise<void> => this.#drain();
    this.#releasing = this.#releasing.then(drain, drain);
    return this.#releasing;
  }

  async #drain(): Promise<void> {
    const errors: unknown[] = [];
    for (let release = this.#releases.pop(); release !== undefined; release = this.#releases.pop()) {
      try {
        await release();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0)
      throw new AggregateError(errors, `Not everything was released: ${errors.map(String).join('; ')}`);
  }
}
