/** Plain HLS of all programs in an object store: where viewers go when the origin cannot be reached. Live never waits for it. */
import { type Clock } from '../../core/clock.ts';
import { withDeadline } from '../../core/lifecycle.ts';
import { type Logger } from '../../core/logger.ts';
import { type CounterMetric, type Metrics } from '../../core/metrics.ts';
import { type HlsConfig } from '../config.ts';
import { type Program } from '../packager/program.ts';
import { type HlsStore } from '../ports.ts';
import { GuardedStore } from './guarded-store.ts';
import { ProgramPush } from './program-push.ts';

/** For the last segments and the end of programs, when the server stops. */
const finishDeadlineMs = 8000;

export interface HlsPushOptions {
  /** Owned from here on. */
  readonly store: HlsStore;
  readonly config: Pick<HlsConfig, 'windowSec'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export class HlsPush {
  readonly #options: HlsPushOptions;
  readonly #segmentCounter: CounterMetric;
  readonly #failureCounter: CounterMetric;
  /** What goes into the store, or out of it. */
  readonly #pushes = new Map<ProgramPush, { isAllowed: () => boolean; unsubscribe: () => void }>();
  readonly #withdrawals = new Map<ProgramPush, Promise<void>>();
  /** The newest of each webinar: until it is out of the store its address is not free. */
  readonly #newest = new Map<string, ProgramPush>();

  constructor(options: HlsPushOptions) {
    this.#options = options;
    this.#segmentCounter = options.metrics.counter({
      name: 'rostrum_hls_push_segments_total',
      help: 'Segments, one per rendition, by what became of them on the way into the store: stored, or listed as a gap.',
      labels: ['outcome'],
    });
    this.#failureCounter = options.metrics.counter({
      name: 'rostrum_hls_push_failures_total',
      help: 'Calls that the store refused or did not answer in time.',
      labels: ['operation'],
    });
  }

  /**
   * Brings the program into the store until its end, and out of it when its bytes are dropped.
   * @param isAllowed asked at every change; once false, everything is taken out for good: the store knows no tokens
   */
  follow(program: Program, isAllowed: () => boolean): void {
    const { store, config, clock, logger } = this.#options;
    const { sessionId } = program;
    const push = new ProgramPush({
      ...{ program, windowSec: config.windowSec, clock, logger, segmentCounter: this.#segmentCounter },
      store: new GuardedStore({
        ...{ store, clock, failureCounter: this.#failureCounter },
        logger: logger.child({ sessionId }),
      }),
    });
    this.#newest.get(program.webinarId)?.supersede();
    this.#newest.set(program.webinarId, push);
    const offs = [
      program.events.on('changed', () => (isAllowed() ? push.follow() : this.#withdraw(push))),
      program.events.on('closed', () => this.#withdraw(push)),
    ];
    this.#pushes.set(push, { isAllowed, unsubscribe: () => offs.forEach((off) => off()) });
  }

  /** Somebody decided anew who may watch: takes out what is not for everybody, ended programs too. */
  reconsider(): void {
    for (const [push, { isAllowed }] of this.#pushes) if (!isAllowed()) this.#withdraw(push);
  }

  /** Gives what is under way a few seconds, and closes the store; what is in it stays there. Never rejects. */
  async close(): Promise<void> {
    for (const { unsubscribe } of this.#pushes.values()) unsubscribe();
    const work = [...[...this.#pushes.keys()].map((push) => push.idle()), ...this.#withdrawals.values()];
    await withDeadline(Promise.all(work), finishDeadlineMs, this.#options.clock, 'the HLS store').catch(
      (error: unknown) => this.#options.logger.warn({ error }, 'the HLS store did not get everything'),
    );
    for (const push of [...this.#pushes.keys(), ...this.#withdrawals.keys()]) push.close();
    this.#pushes.clear();
    this.#options.store.close();
  }

  #withdraw(push: ProgramPush): void {
    const known = this.#pushes.get(push);
    if (known === undefined) return;
    known.unsubscribe();
    this.#pushes.delete(push);
    const withdrawal = push.withdraw().finally(() => {
      this.#withdrawals.delete(push);
      const { webinarId } = push.program;
      if (this.#newest.get(webinarId) === push) this.#newest.delete(webinarId);
    });
    this.#withdrawals.set(push, withdrawal);
  }
}
