/** The recorder's process entry without a process: for faults that have to be put inside (disk, store, clock). */
import { join } from 'node:path';
import { systemClock } from '../../../../src/core/clock.ts';
import { silentLogger } from '../../../../src/core/logger.ts';
import {
  LocalObjectStore,
  type RecorderEvent,
  type RecorderMessage,
  type RecorderProcessOptions,
  runRecorderProcess,
} from '../../../../src/recording/index.ts';

type Waiter = { matches: (event: RecorderEvent) => boolean; resolve: (event: RecorderEvent) => void };

export class InProcessRecorder {
  readonly events: RecorderEvent[] = [];
  /** Settles when the entry returns. */
  readonly done: Promise<void>;
  #waiters: Waiter[] = [];
  #deliver: (message: unknown) => void = () => undefined;
  #disconnect: () => void = () => undefined;

  private constructor(options: Omit<RecorderProcessOptions, 'channel'>) {
    this.done = runRecorderProcess({
      ...options,
      channel: {
        send: (event) => this.#onEvent(event),
        onMessage: (listener) => (this.#deliver = listener),
        onDisconnect: (listener) => (this.#disconnect = listener),
      },
    });
    this.done.catch(() => undefined);
  }

  static async start(
    dataDir: string,
    overrides: Partial<Omit<RecorderProcessOptions, 'channel' | 'dataDir'>> = {},
  ): Promise<InProcessRecorder> {
    const store = overrides.store ?? (await LocalObjectStore.open(join(dataDir, 'objects')));
    const defaults = { dataDir, clock: systemClock, logger: silentLogger, softwareVersion: 'test' };
    return new InProcessRecorder({ ...defaults, ...overrides, store });
  }

  send(message: RecorderMessage): void {
    this.#deliver(message);
  }

  hello(): void {
    this.send({ type: 'hello', sessions: [] });
  }

  /** The first event that matches, past or coming; a `failed` that was not asked for rejects. */
  async until<Type extends RecorderEvent['type']>(
    type: Type,
    matches: (event: Extract<RecorderEvent, { type: Type }>) => boolean = () => true,
  ): Promise<Extract<RecorderEvent, { type: Type }>> {
    type Wanted = Extract<RecorderEvent, { type: Type }>;
    const isWanted = (event: RecorderEvent) => event.type === type && matches(event as Wanted);
    const past = this.events.find(isWanted);
    if (past !== undefined) return past as Wanted;
    return new Promise((resolve) => {
      this.#waiters.push({ matches: isWanted, resolve: (event) => resolve(event as Wanted) });
    });
  }

  async stop(): Promise<void> {
    this.#disconnect();
    await this.done;
  }

  #onEvent(event: RecorderEvent): void {
    this.events.push(event);
    const fitting = this.#waiters.filter((waiter) => waiter.matches(event));
    this.#waiters = this.#waiters.filter((waiter) => !fitting.includes(waiter));
    for (const waiter of fitting) waiter.resolve(event);
  }
}
