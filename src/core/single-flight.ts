/** Shares one running operation between all who ask for the same key meanwhile. */
export class SingleFlight<Key, Value> {
  readonly #inFlight = new Map<Key, Promise<Value>>();

  /** Runs `operation` unless one for `key` is running already; a failure is forgotten, so the next call tries again. */
  run(key: Key, operation: () => Promise<Value>): Promise<Value> {
    const running = this.#inFlight.get(key);
    if (running !== undefined) return running;
    const started = operation().finally(() => this.#inFlight.delete(key));
    this.#inFlight.set(key, started);
    return started;
  }
}
