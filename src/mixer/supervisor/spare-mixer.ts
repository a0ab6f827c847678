/** One started mixer process without a program, kept for whichever program needs one next: a new event or a takeover. */
import { type Clock, type Timer } from '../../core/clock.ts';
import { Lifecycle } from '../../core/lifecycle.ts';
import { type Logger } from '../../core/logger.ts';
import { type CounterMetric, type GaugeMetric, type Metrics } from '../../core/metrics.ts';
import { backoffMs } from './backoff.ts';
import { type MixerProcess } from './mixer-process-port.ts';

export interface SpareMixerOptions {
  readonly launch: () => MixerProcess;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** The start of the server, and a takeover, need the CPU for themselves. */
export const refillDelayMs = 3000;
/** From launch to the first sign of life. */
export const spareStartDeadlineMs = 15_000;
/** Between signs of life of an idle process; generous, because nothing is lost meanwhile. */
export const spareSilenceMs = 5000;
/** What a spare gets to leave when it is wanted no more. */
const spareLeaveDeadlineMs = 2000;

const watchPeriodMs = 250;

interface Spare {
  readonly process: MixerProcess;
  readonly watchdog: Timer;
  readonly gone: Promise<void>;
  readonly startedAtMs: number;
  isUp: boolean;
  isTaken: boolean;
  silentTurnCount: number;
}

export class SpareMixer extends Lifecycle {
  readonly #options: SpareMixerOptions;
  readonly #readyGauge: GaugeMetric;
  readonly #taken: CounterMetric;
  #spare: Spare | undefined;
  #refill: Timer | undefined;
  #failureCount = 0;

  constructor(options: SpareMixerOptions) {
    super({ clock: options.clock, closeDeadlineMs: spareLeaveDeadlineMs + 1000 });
    this.#options = options;
    this.#readyGauge = options.metrics.gauge({
      name: 'rostrum_mixer_spare_ready',
      help: 'Started mixer processes that wait for a program: 1 or 0.',
    });
    this.#taken = options.metrics.counter({
      name: 'rostrum_mixer_processes_taken_total',
      help: 'Mixer processes given to a program; state spare was up already, state cold had to be started.',
      labels: ['state'],
    });
    this.own('spare', () => this.#dismiss());
    this.own('refill', () => this.#refill?.cancel());
  }

  start(): void {
    this.advanceTo('running');
    this.#refillAfter(refillDelayMs);
  }

  /** A mixer process for one program, which owns it from now on: the spare when it is up, a new one otherwise. */
  take(): MixerProcess {
    const spare = this.#spare;
    const isUp = spare?.isUp === true;
    this.#taken.inc({ state: isUp ? 'spare' : 'cold' });
    // One that is still starting stays: it will be up for the next program.
    if (spare === undefined || !isUp) return this.#options.launch();
    spare.isTaken = true;
    this.#release(spare);
    this.#failureCount = 0;
    this.#refillAfter(refillDelayMs);
    return spare.process;
  }

  protected override onReleaseFailed(name: string, error: unknown): void {
    this.#options.logger.error({ error, name }, 'spare mixer could not be released');
  }

  #launchSpare(): void {
    const { launch, clock } = this.#options;
    const { promise, resolve } = Promise.withResolvers<void>();
    const process = launch();
    const spare: Spare = {
      process,
      watchdog: clock.repeat(watchPeriodMs, () => this.#onTurn(spare)),
      gone: promise,
      startedAtMs: clock.nowMs(),
      isUp: false,
      isTaken: false,
      silentTurnCount: 0,
    };
    this.#spare = spare;
    process.onEvent(() => {
      if (!spare.isTaken) this.#onLife(spare);
    });
    process.onExit((cause) => {
      resolve();
      if (!spare.isTaken) this.#onGone(spare, cause);
    });
  }

  #onLife(spare: Spare): void {
    spare.silentTurnCount = 0;
    if (spare.isUp) return;
    spare.isUp = true;
    this.#readyGauge.set(1);
    const startMs = Math.round(this.#options.clock.nowMs() - spare.startedAtMs);
    this.#options.logger.info({ startMs }, 'spare mixer is ready');
  }

  /** Turns, not time, as in SupervisedProcess. */
  #onTurn(spare: Spare): void {
    const limitMs = spare.isUp ? spareSilenceMs : spareStartDeadlineMs;
    if (++spare.silentTurnCount !== limitMs / watchPeriodMs) return;
    this.#options.logger.error({ isUp: spare.isUp }, 'spare mixer fell silent');
    spare.process.kill();
  }

  #onGone(spare: Spare, cause: string): void {
    this.#release(spare);
    if (this.isClosed) return;
    this.#failureCount = spare.isUp ? 1 : this.#failureCount + 1;
    this.#options.logger.warn({ cause, failureCount: this.#failureCount }, 'spare mixer ended');
    this.#refillAfter(Math.max(refillDelayMs, backoffMs(this.#failureCount)));
  }

  #release(spare: Spare): void {
    spare.watchdog.cancel();
    this.#readyGauge.set(0);
    if (this.#spare === spare) this.#spare = undefined;
  }

  #refillAfter(delayMs: number): void {
    if (!this.isClosed) this.#refill = this.#options.clock.schedule(delayMs, () => this.#launchSpare());
  }

  async #dismiss(): Promise<void> {
    const spare = this.#spare;
    if (spare === undefined) return;
    spare.process.send({ type: 'stop' });
    const kill = this.#options.clock.schedule(spareLeaveDeadlineMs, () => spare.process.kill());
    await spare.gone;
    kill.cancel();
  }
}
