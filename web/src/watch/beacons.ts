/** Tells the server every ten seconds how playback went. Whatever fails here costs the viewer nothing. */
import type { Beacon } from '../../../src/signaling/protocol/index.ts';
import { ApiError } from '../lib/api-error.ts';
import { isRecord, requestJson } from '../lib/http.ts';
import { type Scheduler, type Timer } from '../lib/scheduler.ts';
import { type PlaybackTally } from './playback-tally.ts';

/** Until the server has said how often it wants to hear. */
const firstPeriodMs = 10_000;

export interface BeaconsOptions {
  readonly webinarId: string;
  /** Tells attendance who this is. */
  readonly invitation: string | undefined;
  readonly tally: PlaybackTally;
  readonly scheduler: Scheduler;
  /** Of this tab: a reload is the same viewer. */
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
}

export class Beacons {
  readonly #options: BeaconsOptions;
  readonly #abort = new AbortController();
  #timer: Timer | undefined;
  #sequence = 0;
  #periodMs = firstPeriodMs;

  constructor(options: BeaconsOptions) {
    this.#options = options;
  }

  start(): void {
    // Not `unload`: phones never fire it.
    globalThis.addEventListener('pagehide', () => this.#sayGoodbye(), { signal: this.#abort.signal });
    // Pages that were opened at the same moment do not all report at the same moment.
    this.#schedule(firstPeriodMs * (0.3 + 0.7 * Math.random()));
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
      const pass = await this.#pass();
      const beacon = this.#next(pass, false);
      if (beacon !== undefined) await requestJson(this.#url('beacons'), { method: 'POST', body: beacon });
    } catch (thrown) {
      // A pass that ran out, or of another installation: another one next time.
      if (thrown instanceof ApiError && thrown.status === 401) this.#options.storage.removeItem(this.#key);
    }
    if (!this.#abort.signal.aborted) this.#schedule(this.#periodMs);
  }

  #sayGoodbye(): void {
    const pass = this.#options.storage.getItem(this.#key);
    const beacon = pass === null ? undefined : this.#next(pass, true);
    if (beacon === undefined) return;
    navigator.sendBeacon(this.#url('beacons'), new Blob([JSON.stringify(beacon)], { type: 'application/json' }));
  }

  #next(pass: string, isLeaving: boolean): Beacon | undefined {
    const report = this.#options.tally.take();
    return report === undefined ? undefined : { ...report, pass, sequence: this.#sequence++, isLeaving };
  }

  async #pass(): Promise<string> {
    const known = this.#options.storage.getItem(this.#key);
    if (known !== null) return known;
    const { invitation } = this.#options;
    const request = { method: 'POST', body: {}, ...(invitation !== undefined && { bearer: invitation }) } as const;
    const reply = await requestJson(this.#url('viewers'), request);
    const { pass, periodMs } = isRecord(reply) ? reply : {};
    if (typeof pass !== 'string' || typeof periodMs !== 'number') {
      throw new ApiError('WEB_BAD_REPLY', 'The server gave no pass.');
    }
    this.#periodMs = Math.max(firstPeriodMs / 2, periodMs);
    this.#options.storage.setItem(this.#key, pass);
    return pass;
  }

  get #key(): string {
    return `rostrum-viewer-pass:${this.#options.webinarId}`;
  }

  #url(call: 'viewers' | 'beacons'): string {
    return `/api/webinars/${encodeURIComponent(this.#options.webinarId)}/${call}`;
  }
}
