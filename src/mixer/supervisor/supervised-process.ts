/** One mixer process under watch: it must come up in time, must not fall silent, and must leave when told to. */
import { type Clock, type Timer } from '../../core/clock.ts';
import { type Logger } from '../../core/logger.ts';
import { type MixerCommand, type MixerEvent } from '../ports.ts';
import { type MixerProcess } from './mixer-process-port.ts';

export interface SupervisedProcessOptions {
  readonly process: MixerProcess;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onEvent: (event: MixerEvent) => void;
  /** Called once; `cause` says why it ended, as precisely as is known. */
  readonly onGone: (cause: string) => void;
}

/** From launch to the first event, and between events afterwards: fragments come 77 times a second. */
export const processStartDeadlineMs = 15_000;
export const processSilenceMs = 8000;
/** What a process that said `stopped` or `failed` gets to leave by itself. */
const leaveDeadlineMs = 5000;

const watchPeriodMs = 1000;

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
  #cause: string | undefined;
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
      this.#isGone = true;
      resolve();
      options.onGone(this.#cause ?? cause);
    });
  }

  send(command: MixerCommand): void {
    if (!this.#isGone && !this.#isLeaving) this.#options.process.send(command);
  }

  /** Ends it at once; what it still emits meanwhile is not wanted. */
  kill(cause: string): void {
    if (this.#isGone) return;
    this.#cause ??= cause;
    this.#options.process.kill();
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
      this.#expect(processSilenceMs, 'fell silent');
    }
    this.#options.onEvent(event);
  }

  #leave(deadlineMs: number, otherwise: string): void {
    this.#isLeaving = true;
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
    this.#cause ??= cause;
    this.#options.process.kill();
  }
}
