/** Keeps an estimate of the server's clock: a few quick samples at first, then one a minute. */
import { fetchServerWallMs } from '../lib/public-api.ts';
import { type Scheduler, type Timer } from '../lib/scheduler.ts';
import { addTimeSample, unsyncedClock, type ServerClock } from './server-clock.ts';

const quickSampleCount = 4;
const quickPeriodMs = 400;
const slowPeriodMs = 60_000;

export class TimeSync {
  readonly #scheduler: Scheduler;
  #clock: ServerClock = unsyncedClock;
  #sampleCount = 0;
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  get clock(): ServerClock {
    return this.#clock;
  }

  start(): void {
    void this.#sample();
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  async #sample(): Promise<void> {
    const sentWallMs = this.#scheduler.wallMs();
    try {
      const serverWallMs = await fetchServerWallMs();
      const receivedWallMs = this.#scheduler.wallMs();
      this.#clock = addTimeSample(this.#clock, { sentWallMs, receivedWallMs, serverWallMs });
      this.#sampleCount += 1;
    } catch {
      // The next sample is already planned; until one succeeds the page shows the player's own latency instead.
    }
    if (this.#isClosed) return;
    const delayMs = this.#sampleCount < quickSampleCount ? quickPeriodMs : slowPeriodMs;
    this.#timer = this.#scheduler.schedule(this.#sampleCount === 0 ? 5000 : delayMs, () => void this.#sample());
  }
}
