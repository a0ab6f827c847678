/** The routers of one webinar, at most one per worker, and which peer lives on which. */
import { type types } from 'mediasoup';
import { SingleFlight } from '../core/single-flight.ts';
import { stageCodecs } from './codec-policy.ts';
import { sfuError } from './errors.ts';
import { chooseWorker } from './placement.ts';
import { type WorkerPool } from './worker-pool.ts';

export interface PlacedRouter {
  readonly workerIndex: number;
  readonly router: types.Router;
  readonly webRtcServer: types.WebRtcServer;
}

export class WebinarRouters {
  readonly #webinarId: string;
  readonly #pool: WorkerPool;
  readonly #totalLoad: () => ReadonlyMap<number, number>;
  readonly #placed = new Map<number, PlacedRouter>();
  readonly #creating = new SingleFlight<number, PlacedRouter>();
  readonly #workerByPeer = new Map<string, number>();
  #isClosed = false;

  constructor(options: { webinarId: string; pool: WorkerPool; totalLoad: () => ReadonlyMap<number, number> }) {
    this.#webinarId = options.webinarId;
    this.#pool = options.pool;
    this.#totalLoad = options.totalLoad;
  }

  get peerCount(): number {
    return this.#workerByPeer.size;
  }

  /** Worker index of every placed peer. */
  placements(): Iterable<number> {
    return this.#workerByPeer.values();
  }

  workerOf(peerId: string): number | undefined {
    return this.#workerByPeer.get(peerId);
  }

  byId(routerId: string): PlacedRouter | undefined {
    return [...this.#placed.values()].find(({ router }) => router.id === routerId);
  }

  /** The peer's router; the place is reserved at once, so that a burst of joins spreads. @throws SFU_NO_WORKER */
  async routerFor(peerId: string): Promise<PlacedRouter> {
    const known = this.#workerByPeer.get(peerId);
    const isKnownUp = known !== undefined && this.#pool.slots[known]?.isUp === true;
    const workerIndex = isKnownUp ? known : this.choose(peerId);
    this.#workerByPeer.set(peerId, workerIndex);
    return this.onWorker(workerIndex);
  }

  /** Where a newcomer goes now. @throws SFU_NO_WORKER */
  choose(exceptPeerId?: string): number {
    const total = this.#totalLoad();
    const own = new Map<number, number>();
    for (const [peerId, workerIndex] of this.#workerByPeer) {
      if (peerId !== exceptPeerId) own.set(workerIndex, (own.get(workerIndex) ?? 0) + 1);
    }
    const chosen = chooseWorker(
      this.#pool.upSlots.map(({ workerIndex }) => ({
        workerIndex,
        webinarPeerCount: own.get(workerIndex) ?? 0,
        totalCount: total.get(workerIndex) ?? 0,
      })),
    );
    if (chosen === undefined) throw sfuError('SFU_NO_WORKER');
    return chosen;
  }

  /** This webinar's router on one worker, made on demand, once. @throws SFU_NO_WORKER, SFU_WORKER_LOST */
  async onWorker(workerIndex: number): Promise<PlacedRouter> {
    const placed = this.#placed.get(workerIndex);
    return placed ?? this.#creating.run(workerIndex, () => this.#create(workerIndex));
  }

  releasePeer(peerId: string): void {
    this.#workerByPeer.delete(peerId);
  }

  /** Ends every router and with it everything of this webinar. */
  close(): void {
    this.#isClosed = true;
    for (const { router } of this.#placed.values()) router.close();
  }

  async #create(workerIndex: number): Promise<PlacedRouter> {
    const slot = this.#pool.slots[workerIndex];
    const { worker, webRtcServer } = slot ?? {};
    if (worker === undefined || webRtcServer === undefined) throw sfuError('SFU_NO_WORKER');
    const router = await worker
      .createRouter({ mediaCodecs: stageCodecs, appData: { webinarId: this.#webinarId } })
      .catch((cause: unknown) => {
        throw sfuError('SFU_WORKER_LOST', { cause, details: { workerIndex } });
      });
    if (this.#isClosed || router.closed) {
      router.close();
      throw sfuError('SFU_WORKER_LOST', { details: { workerIndex } });
    }
    const placed: PlacedRouter = { workerIndex, router, webRtcServer };
    this.#placed.set(workerIndex, placed);
    router.observer.once('close', () => {
      if (this.#placed.get(workerIndex) === placed) this.#placed.delete(workerIndex);
    });
    return placed;
  }
}
