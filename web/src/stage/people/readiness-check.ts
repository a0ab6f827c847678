/** In the green room: looks at devices and connection every two seconds, and tells the host when something is another. */
import type { NetworkPath, Readiness } from '../../../../src/signaling/protocol/index.ts';
import { type Scheduler, type Timer } from '../../lib/scheduler.ts';
import { Store } from '../../lib/store.ts';
import { selectedPair, type CandidatePairStats } from '../debug-stats.ts';
import { recordsOf, type StatsSource } from '../stats-records.ts';

const periodMs = 2000;

export interface ReadinessView {
  readonly hasMicrophone: boolean;
  readonly hasCamera: boolean;
  readonly transport: StatsSource | undefined;
}

export interface ReadinessCheckOptions {
  readonly scheduler: Scheduler;
  readonly look: () => ReadinessView;
  readonly report: (readiness: Readiness) => Promise<unknown>;
}

export class ReadinessCheck {
  /** Undefined before the first look. */
  readonly state = new Store<Readiness | undefined>(undefined);
  readonly #options: ReadinessCheckOptions;
  #timer: Timer | undefined;
  #reported: string | undefined;
  /** Counts starts, so that a look that takes long does not go on behind the next one. */
  #turn = 0;

  constructor(options: ReadinessCheckOptions) {
    this.#options = options;
  }

  /** Each start reports anew: the server may have forgotten. */
  setRunning(isRunning: boolean): void {
    this.#turn += 1;
    this.#timer?.cancel();
    this.#reported = undefined;
    if (isRunning) void this.#run(this.#turn);
  }

  /** Idempotent. */
  close(): void {
    this.setRunning(false);
  }

  async #run(turn: number): Promise<void> {
    const { hasMicrophone, hasCamera, transport } = this.#options.look();
    // A transport that closes meanwhile has nothing to say.
    const records = await recordsOf(transport).catch(() => []);
    if (turn !== this.#turn) return;
    const readiness = { hasMicrophone, hasCamera, ...connectionOf(selectedPair(records)) };
    this.state.set(readiness);
    await this.#tell(readiness);
    if (turn === this.#turn) this.#timer = this.#options.scheduler.schedule(periodMs, () => void this.#run(turn));
  }

  /** The round trip varies all the time and is told with the next change of something else. */
  async #tell(readiness: Readiness): Promise<void> {
    const key = JSON.stringify({ ...readiness, roundTripMs: readiness.roundTripMs === null });
    if (key === this.#reported) return;
    this.#reported = key;
    // Told again at the next look.
    await this.#options.report(readiness).catch(() => (this.#reported = undefined));
  }
}

/** How media goes out, from the candidate pair in use. */
export function connectionOf(pair: CandidatePairStats | undefined): Pick<Readiness, 'path' | 'roundTripMs'> {
  if (pair === undefined) return { path: null, roundTripMs: null };
  const roundTripMs = pair.roundTripMs === undefined ? null : Math.round(pair.roundTripMs);
  return { path: pathOf(pair), roundTripMs };
}

function pathOf({ localType, localProtocol, relayProtocol }: CandidatePairStats): NetworkPath {
  if (localType !== 'relay') return localProtocol === 'tcp' ? 'tcp' : 'udp';
  if (relayProtocol === 'tls') return 'turnTls';
  return relayProtocol === 'tcp' ? 'turnTcp' : 'turnUdp';
}
