/** Tells the server every ten seconds how playback went. Whatever fails here costs the viewer nothing. */
import type { Beacon } from '../../../src/signaling/protocol/index.ts';
import { ApiError } from '../lib/api-error.ts';
import { isRecord, requestJson } from '../lib/http.ts';
import { type Scheduler, type Timer } from '../lib/scheduler.ts';
import { PassMemory } from './pass-memory.ts';
import { type PlaybackTally } from './playback-tally.ts';

/** Until the server has said how often it wants to hear. */
const firstPeriodMs = 10_000;

export interface BeaconsOptions {
  readonly webinarId: string;
  /** Tells attendance who this is. */
  readonly invitation: string | undefined;
  readonly tally: PlaybackTally;
  readonly scheduler: Scheduler;
}

export class Beacons {
  readonly #options: BeaconsOptions;
  readonly #memory: PassMemory;
  readonly #abort = new AbortController();
  #timer: Timer | undefined;
  #periodMs = firstPeriodMs;
  /** Goes again as it is: the server knows whether it has it already. */
  #unsent: Beacon | undefined;

  constructor(options: BeaconsOptions) {
    this.#options = options;
    this.#memory = new PassMemory(options.webinarId);
  }

  start(): void {
    // Not `unload`: phones never fire it.
    globalThis.addEventListener('pagehide', () => this.#sayGoodbye(), { signal: this.#abort.signal });
    // Pages that were opened at the same moment do not all report at the same moment.
    this.#schedule(firstPeriodMs * (0.5 + 0.5 * Math.random()));
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
      this.#unsent ??= this.#next(await this.#pass(), false);
      if (this.#unsent !== undefined) await requestJson(this.#url('beacons'), { method: 'POST', body: this.#unsent });
      this.#unsent = undefined;
    } catch (thrown) {
      if (thrown instanceof ApiError) this.#onRefused(thrown.status);
    }
    if (!this.#abort.signal.aborted) this.#schedule(this.#periodMs);
  }

  /** @param status 0 when there was no answer */
  #onRefused(status = 0): void {
    // A pass that ran out, or of another installation: another one next time.
    if (status === 401) this.#memory.forget();
    if (status >= 400 && status < 500 && status !== 429) this.#unsent = undefined;
  }

  #sayGoodbye(): void {
    const pass = this.#memory.get()?.pass;
    const beacon = pass === undefined ? undefined : this.#next(pass, true);
    if (beacon === undefined) return;
    navigator.sendBeacon(this.#url('beacons'), new Blob([JSON.stringify(beacon)], { type: 'application/json' }));
  }

  #next(pass: string, isLeaving: boolean): Beacon | undefined {
    const report = this.#options.tally.take(isLeaving);
    if (report === undefined) return undefined;
    const sequence = this.#memory.get()?.sequence ?? 0;
    this.#memory.set({ pass, sequence: sequence + 1 });
    return { ...report, pass, sequence, isLeaving };
  }

  async #pass(): Promise<string> {
    const known = this.#memory.get()?.pass;
    if (known !== undefined) return known;
    const { invitation } = this.#options;
    const request = { method: 'POST', body: {}, ...(invitation !== undefined && { bearer: invitation }) } as const;
    const reply = await requestJson(this.#url('viewers'), request);
    const { pass, periodMs } = isRecord(reply) ? reply : {};
    if (typeof pass !== 'string' || typeof periodMs !== 'number') {
      throw new ApiError('WEB_BAD_REPLY', 'The server gave no pass.');
    }
    this.#periodMs = Math.max(firstPeriodMs / 2, periodMs);
    this.#memory.set({ pass, sequence: 0 });
    return pass;
  }

  #url(call: 'viewers' | 'beacons'): string {
    return `/api/webinars/${encodeURIComponent(this.#options.webinarId)}/${call}`;
  }
}
