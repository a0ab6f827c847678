/** What a bench is: a name, numeric options, and a run that measures something or throws. */

export interface BenchOption {
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
  readonly help: string;
  /** Given without a value: 1 then, else the fallback. */
  readonly isFlag?: true;
}

export interface BenchContext<Name extends string = string> {
  /** Every option of the bench, checked: whole numbers within their limits. */
  readonly options: Readonly<Record<Name, number>>;
  /**
   * Releases something when the bench is over, however it ends; the newest first. Must bear a second call.
   * @throws Error when the bench was interrupted meanwhile; the release has been started then
   */
  readonly defer: (release: () => unknown) => void;
  /** Aborted by an interrupt: for waiting that nothing else ends. */
  readonly signal: AbortSignal;
  /** Tells a person how far it is. */
  readonly note: (line: string) => void;
}

export interface BenchReport {
  /** What was measured; become the fields of the JSON object. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Under what circumstances: sizes, counts, what ran beside. */
  readonly conditions: Readonly<Record<string, unknown>>;
  /** Doubts about the figures: a reader must see them next to the numbers. */
  readonly warnings: readonly string[];
}

export interface Bench<Name extends string = string> {
  readonly name: string;
  readonly summary: string;
  /** The figure of the nearest peer, with its source; see reference in bench/README.md. */
  readonly peer: string;
  readonly options: Readonly<Record<Name, BenchOption>>;
  /** @throws Error when it could not measure */
  run(context: BenchContext<Name>): Promise<BenchReport>;
}

/** Checks the option names of a bench against their use in it. */
export function defineBench<Name extends string>(bench: Bench<Name>): Bench {
  return bench;
}
