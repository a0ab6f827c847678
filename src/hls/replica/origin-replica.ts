/** Keeps an origin's programs equal to those of the process that packages them, frame by frame. */
import { type Clock } from '../../core/clock.ts';
import { hlsError } from '../errors.ts';
import { type HlsOrigin } from '../origin/hls-origin.ts';
import { type DvrStore } from '../ports.ts';
import { parseFeedFrame } from './feed-frames.ts';
import { ReplicaProgram } from './replica-program.ts';

export interface OriginReplicaOptions {
  readonly origin: Pick<HlsOrigin, 'addProgram' | 'removeProgram'>;
  /** What the process that packages writes to, of one session. */
  readonly dvrStoreOf: (sessionId: string) => Pick<DvrStore, 'get'>;
  readonly clock: Clock;
}

export class OriginReplica {
  readonly #options: OriginReplicaOptions;
  readonly #programs = new Map<string, ReplicaProgram>();
  /** Told again since the connection was made; undefined when all were. */
  #toldIds: Set<string> | undefined = new Set();

  constructor(options: OriginReplicaOptions) {
    this.#options = options;
  }

  /** True from the first whole state on, until the connection is lost. */
  get isInStep(): boolean {
    return this.#toldIds === undefined;
  }

  /** A new connection begins with everything; what is served until then is what was known last. */
  reset(): void {
    this.#toldIds = new Set();
  }

  /** @throws HLS_FEED_INVALID; the connection is of no use any more then */
  take(value: unknown): void {
    const frame = parseFeedFrame(value);
    switch (frame.kind) {
      case 'program': {
        const { sessionId } = frame.program;
        this.#toldIds?.add(sessionId);
        const known = this.#programs.get(sessionId);
        if (known === undefined) this.#add(frame.program);
        else known.restore(frame.program);
        break;
      }
      case 'complete':
        for (const sessionId of [...this.#programs.keys()]) if (!this.#toldIds?.has(sessionId)) this.#remove(sessionId);
        this.#toldIds = undefined;
        break;
      case 'changes':
        this.#known(frame.sessionId).apply(frame.changes, frame.published);
        break;
      case 'removed':
        this.#remove(frame.sessionId);
        break;
      case 'alive':
        break;
    }
  }

  #add(snapshot: ConstructorParameters<typeof ReplicaProgram>[0]): void {
    const { origin, dvrStoreOf, clock } = this.#options;
    const program = new ReplicaProgram(snapshot, dvrStoreOf(snapshot.sessionId), clock);
    this.#programs.set(program.sessionId, program);
    program.events.once('closed', () => this.#programs.delete(program.sessionId));
    origin.addProgram(program);
  }

  #remove(sessionId: string): void {
    this.#options.origin.removeProgram(sessionId);
  }

  #known(sessionId: string): ReplicaProgram {
    const program = this.#programs.get(sessionId);
    if (program === undefined) throw hlsError('HLS_FEED_INVALID', { details: { sessionId } });
    return program;
  }
}
