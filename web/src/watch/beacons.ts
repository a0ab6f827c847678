/** Tells the server every ten seconds how playback went. Whatever fails here costs the viewer nothing. */
import type { Beacon } from '../../../src/signaling/protocol/index.ts';
import { ApiError } from '../lib/api-error.ts';
import { requestJson } from '../lib/http.ts';
import { type Scheduler, type Timer } from '../lib/scheduler.ts';
import { type PlaybackTally } from './playback-tally.ts';
import { type ViewerPass } from './viewer-pass.ts';

export interface BeaconsOptions {
  readonly webinarId: string;
  readonly pass: ViewerPass;
  readonly tally: PlaybackTally;
  readonly scheduler: Scheduler;
}

export class Beacons {
  readonly #options: BeaconsOptions;
  readonly #abort = new AbortController();
  #timer: Timer | undefined;
  /** Goes again as it is: the server knows whether it has it already. */
  #unsent: Beacon | undefined;

  constructor(options: BeaconsOptions) {
    this.#options = options;
  }

  start(): void {
    // Not `unload`: phones never fire it.
    globalThis.addEventListener('pagehide', () => this.#sayGoodbye(), { signal: this.#abort.signal });
    // Pages that were opened at the same moment do not all report at the same moment.
    this.#schedule(this.#options.pass.periodMs * (0.5 + 0.5 * Math.random()));
  }

  /** Idempotent. */
  close(): void {
    if (this.#abort.signal.aborted) return;
    this.#sayGoodbye();
    this.#abort.abort();
    this.#timer?.cancel();
  }

  #schedule(delayMs: number): void {
    this.#timer = this.#options.scheduler.schedule(delayMs, () => void this.#report());
  }

  async #report(): Promise<void> {
    try {
      this.#unsent ??= this.#next(await this.#options.pass.get(), false);
      if (this.#unsent !== undefined) await requestJson(this.#url, { method: 'POST', body: this.#unsent });
      this.#unsent = undefined;
    } catch (thrown) {
      if (thrown instanceof ApiError) this.#onRefused(thrown.status);
    }
    if (!this.#abort.signal.aborted) this.#schedule(this.#options.pass.periodMs);
  }

  /** @param status 0 when there was no answer */
  #onRefused(status = 0): void {
    // A pass that ran out, or of another installation: another one next time.
    if (status === 401) this.#options.pass.forget();
    if (status >= 400 && status < 500 && status !== 429) this.#unsent = undefined;
  }

  #sayGoodbye(): void {
    const pass = this.#options.pass.known;
    const beacon = pass === undefined ? undefined : this.#next(pass, true);
    if (beacon === undefined) return;
    navigator.sendBeacon(this.#url, new Blob([JSON.stringify(beacon)], { type: 'application/json' }));
  }

  #next(pass: string, isLeaving: boolean): Beacon | undefined {
    const report = this.#options.tally.take(isLeaving);
    if (report === undefined) return undefined;
    return { ...report, pass, sequence: this.#options.pass.takeSequence(pass), isLeaving };
  }

  get #url(): string {
    return `/api/webinars/${encodeURIComponent(this.#options.webinarId)}/beacons`;
  }
}
