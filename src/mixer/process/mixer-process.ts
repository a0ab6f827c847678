/** The life of a mixer process: it waits for its start, then makes one program, bound to its parent; no parent, no process. */
import { type Clock, type Timer } from '../../core/clock.ts';
import { toRostrumError } from '../../core/errors.ts';
import { type Logger } from '../../core/logger.ts';
import { pause } from '../../core/pause.ts';
import { mixerError } from '../errors.ts';
import { type MixerCommand, type MixerEvent } from '../ports.ts';
import { createMixerRun, type MixerRun, type MixerRunDependencies } from '../program/mixer-run.ts';
import { type MixerChannel } from './channel.ts';
import { parseMixerCommand } from './command-schema.ts';
import { EventOutbox } from './event-outbox.ts';

export interface MixerProcessOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly channel: MixerChannel;
  readonly createSourceBank: MixerRunDependencies['createSourceBank'];
  /** The process has a program now; it may have waited for one as a spare. */
  readonly onStart?: () => void;
}

export interface RunningMixerProcess {
  /** Exit status the process should end with now: 0 after `stopped`, 1 after `failed`, 2 without a parent. Never rejects. */
  readonly finished: Promise<number>;
  /** Ends the run in order, as the stop command does; for a signal. Idempotent. */
  stop(reason: string): void;
}

/** What an orphan gets to close its children; whatever still runs then ends when its pipes break. */
export const orphanDeadlineMs = 4000;
/** The supervisor takes several of them missing in a row for a hang. */
export const aliveIntervalMs = 250;
/** What the last events get to leave after the run is over. */
const lastEventsDeadlineMs = 2000;

export function startMixerProcess(options: MixerProcessOptions): RunningMixerProcess {
  return new MixerProcessMain(options);
}

class MixerProcessMain implements RunningMixerProcess {
  readonly finished: Promise<number>;
  readonly #options: MixerProcessOptions;
  readonly #outbox: EventOutbox;
  readonly #finish: (exitStatus: number) => void;
  readonly #heartbeat: Timer;
  #run: MixerRun | undefined;
  #isEnding = false;

  constructor(options: MixerProcessOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<number>();
    this.finished = promise;
    this.#finish = (exitStatus) => {
      this.#heartbeat.cancel();
      resolve(exitStatus);
    };
    this.#outbox = new EventOutbox(options.channel, () => void this.#abandon('MIXER_CHANNEL_FULL'));
    options.channel.onMessage((message) => this.#onMessage(message));
    options.channel.onDisconnect(() => void this.#abandon('parent is gone'));
    this.#heartbeat = options.clock.repeat(aliveIntervalMs, () => this.#outbox.send({ type: 'alive' }));
    this.#outbox.send({ type: 'alive' });
  }

  stop(reason: string): void {
    if (this.#run !== undefined) void this.#run.stop(reason);
    else this.#emit({ type: 'stopped', reason });
  }

  #onMessage(message: unknown): void {
    try {
      this.#handle(parseMixerCommand(message));
    } catch (thrown) {
      const error = toRostrumError(thrown);
      this.#options.logger.error({ error, ...error.details }, 'mixer command refused');
      // Without its start command there is nothing to go on with; a bad later command must not end the program.
      if (this.#run === undefined) this.#emit({ type: 'failed', code: error.code, message: error.message });
    }
  }

  #handle(command: MixerCommand): void {
    if (this.#isEnding) return;
    if (command.type === 'stop') this.stop('stop command');
    else if (this.#run !== undefined) this.#run.handle(command);
    else if (command.type === 'start') this.#start(command.options);
    else
      throw mixerError('MIXER_COMMAND_INVALID', { message: `The first command must be start, not ${command.type}.` });
  }

  #start(options: MixerRunDependencies['options']): void {
    const { clock, logger, createSourceBank, onStart } = this.#options;
    onStart?.();
    this.#run = createMixerRun({ options, clock, logger, createSourceBank, emit: (event) => this.#emit(event) });
    void this.#run.start();
  }

  #emit(event: MixerEvent): void {
    this.#outbox.send(event);
    if (event.type === 'stopped') void this.#endAfterLastEvents(0);
    else if (event.type === 'failed') void this.#endAfterLastEvents(1);
  }

  /** `stopped` and `failed` are the last events: wait until everything has left. */
  async #endAfterLastEvents(exitStatus: number): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#heartbeat.cancel();
    await this.#run?.close('run is over');
    const { clock } = this.#options;
    const deadlineAtMs = clock.nowMs() + lastEventsDeadlineMs;
    while (this.#outbox.unsentBytes > 0 && clock.nowMs() < deadlineAtMs) {
      await pause(clock, 10);
    }
    this.#finish(exitStatus);
  }

  /** Nobody listens any more: no flushing, only a quick and certain end. */
  async #abandon(reason: string): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#options.logger.warn({ reason }, 'mixer process gives up');
    const timer = this.#options.clock.schedule(orphanDeadlineMs, () => this.#finish(2));
    await this.#run?.close(reason);
    timer.cancel();
    this.#finish(2);
  }
}
