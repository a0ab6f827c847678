/** Asks for keyframes: at once, then at most once per interval, for as long as one is needed. Pure. */

export class KeyframeRequester {
  readonly #minIntervalMs: number;
  #lastRequestMs = -Infinity;
  #requestCount = 0;

  constructor(minIntervalMs = 1000) {
    this.#minIntervalMs = minIntervalMs;
  }

  get requestCount(): number {
    return this.#requestCount;
  }

  /** True when a request is to be sent now; then it counts as sent. */
  shouldRequest(nowMs: number): boolean {
    if (nowMs - this.#lastRequestMs < this.#minIntervalMs) return false;
    this.#lastRequestMs = nowMs;
    this.#requestCount++;
    return true;
  }
}
