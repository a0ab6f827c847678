/** One mixer process under watch: it must come up in time, must not fall silent, and must leave when told to. */
import { type Clock, type Timer } from '../../core/clock.ts';
import { type Logger } from '../../core/logger.ts';
import { type MixerCommand, type MixerEvent } from '../ports.ts';
import { type MixerProcess } from './mixer-process-port.ts';

/** `alive` is not passed on. */
export type ProgramEvent = Exclude<MixerEvent, { type: 'alive' }>;

export interface SupervisedProcessOptions {
  readonly process: MixerProcess;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onEvent: (event: ProgramEvent) => void;
  /** Called once; `cause` says why it ended, as precisely as is known. */
  readonly onGone: (cause: string) => void;
}

/** From launch to the first sign of life. */
export const processStartDeadlineMs = 15_000;
/** From the first sign of life to the first run: sockets, fonts, the first encoder. */
export const firstRunDeadlineMs = 5000;
/**
 * Between signs of life afterwards, of which there are four a second besides the fragments. Long for a process at raised
 * priority, and short enough that the successor goes on within a segment.
 */
export const processSilenceMs = 1500;
/** From `endRun` to `runEnded`. */
export const endRunDeadlineMs = 3000;
/** What a process that said `stopped` or `failed` gets to leave by itself. */
const leaveDeadlineMs = 5000;

const watchPeriodMs = 250;

/**
 * Silence is counted in turns of a timer, not in time: when we ourselves were blocked, the timer fires once and what
 * the process sent meanwhile is read before the next turn.
 */
export class SupervisedProcess {
  readonly #options: SupervisedProcessOptions;
  readonly #gone: Promise<void>;
  readonly #watchdog: Timer;
  #silentTurnCount = 0;
  #deadline = { turnCount: processStartDeadlineMs / watchPeriodMs, cause: 'did not start in time' };
  #endRunTimer: Timer | undefined;
  #cause: string | undefined;
  #hasBegun = false;
  #isUp = false;
  #isLeaving = false;
  #isGone = false;

  constructor(options: SupervisedProcessOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gone = promise;
    this.#watchdog = options.clock.repeat(watchPeriodMs, () => this.#onTurn());
    options.process.onEvent((event) => this.#onEvent(event));
    options.process.onExit((cause) => {
      this.#watchdog.cancel();
      this.#endRunTimer?.cancel();
      this.#isGone = true;
      resolve();
      options.onGone(this.#cause ?? cause);
    });
  }

  /** True once it said `stopped` or `failed`, or was asked to stop: no run follows. */
  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  send(command: MixerCommand): void {
    if (!this.#isGone && !this.#isLeaving) this.#options.process.send(command);
  }

  /** Has the encoder of this run replaced; kills the process when that does not happen in time. */
  endRun(runIndex: number, cause: string): void {
    this.send({ type: 'endRun', runIndex, cause });
    this.#endRunTimer ??= this.#options.clock.schedule(endRunDeadlineMs, () => this.#kill(cause));
  }

  /** Asks it to end in order and waits until it is gone; killed when that takes longer than `deadlineMs`. */
  async stop(deadlineMs: number): Promise<void> {
    if (!this.#isGone) {
      this.send({ type: 'stop' });
      this.#leave(deadlineMs, 'did not stop in time');
    }
    await this.#gone;
  }

  #onEvent(event: MixerEvent): void {
    if (event.type === 'failed' || event.type === 'stopped') {
      this.#cause = event.type === 'failed' ? event.code : event.reason;
      this.#leave(leaveDeadlineMs, 'did not leave by itself');
    } else if (!this.#isLeaving) {
      this.#noteLife(event);
    }
    if (event.type === 'runEnded') this.#endRunTimer = void this.#endRunTimer?.cancel();
    if (event.type !== 'alive') this.#options.onEvent(event);
  }

  #noteLife(event: MixerEvent): void {
    if (event.type === 'runStarted') this.#hasBegun = true;
    if (this.#hasBegun) this.#expect(processSilenceMs, 'fell silent');
    else if (!this.#isUp) this.#expect(firstRunDeadlineMs, 'did not begin in time');
    this.#isUp = true;
  }

  #leave(deadlineMs: number, otherwise: string): void {
    this.#isLeaving = true;
    this.#endRunTimer?.cancel();
    this.#expect(deadlineMs, otherwise);
  }

  #expect(deadlineMs: number, otherwise: string): void {
    this.#silentTurnCount = 0;
    this.#deadline = { turnCount: Math.ceil(deadlineMs / watchPeriodMs), cause: otherwise };
  }

  #onTurn(): void {
    this.#silentTurnCount++;
    const { turnCount, cause } = this.#deadline;
    if (this.#silentTurnCount !== turnCount) return;
    this.#options.logger.error({ cause }, 'killing mixer process');
    this.#kill(cause);
  }

  /** What it still emits meanwhile is not wanted. */
  #kill(cause: string): void {
    this.#cause ??= cause;
    this.#options.process.kill();
  }
}
