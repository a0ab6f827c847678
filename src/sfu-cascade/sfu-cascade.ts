/** The SFU of this machine: places peers on workers, carries producers between them, serves peers and programs. */
import { type types } from 'mediasoup';
import { type Clock } from '../core/clock.ts';
import { Lifecycle } from '../core/lifecycle.ts';
import { type Logger } from '../core/logger.ts';
import { type GaugeMetric, type Metrics } from '../core/metrics.ts';
import { TypedEmitter } from '../core/typed-emitter.ts';
import { clientRtpCapabilities } from './codec-policy.ts';
import { type SfuConfig } from './config.ts';
import { sfuError } from './errors.ts';
import { LayerDemand } from './layer-demand.ts';
import { PeerConsumers, type PeerConsumer } from './peer-consumers.ts';
import { PipeLinks } from './pipe-links.ts';
import { type CascadeProducer, type ProgramReceiver } from './ports.ts';
import { ProgramAttachment } from './program-attachment.ts';
import { type ProgramListener } from './program-feeds.ts';
import { WebinarCascade } from './webinar-cascade.ts';
import { WebinarRouters, type PlacedRouter } from './webinar-routers.ts';
import { WorkerPool } from './worker-pool.ts';

export interface CascadePeer {
  readonly webinarId: string;
  readonly peerId: string;
}

export type SfuEvents = {
  /** Who speaks on a webinar's stage; null in silence. */
  activeSpeaker: [webinarId: string, peerId: string | null];
  /** The highest layer of a camera that anybody wants is another now: 0 the smallest, null for none. */
  layersWanted: [peer: CascadePeer, producerId: string, spatialLayer: number | null];
  /** A consumer ended although its peer did not ask for it. */
  consumerClosed: [peer: CascadePeer, consumerId: string];
  workerDied: [workerIndex: number];
  workerUp: [workerIndex: number];
};

export interface SfuOptions {
  readonly config: SfuConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export class SfuCascade extends Lifecycle {
  readonly events = new TypedEmitter<SfuEvents>((event, error) =>
    this.#logger.error({ event, error }, 'sfu listener failed'),
  );
  readonly #config: SfuConfig;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #pool: WorkerPool;
  readonly #webinars = new Map<string, WebinarCascade>();
  readonly #pipeGauge: GaugeMetric;
  readonly #consumerGauge: GaugeMetric;
  #pipeCount = 0;
  #consumerCount = 0;

  constructor(options: SfuOptions) {
    super({ clock: options.clock });
    this.#config = options.config;
    this.#clock = options.clock;
    this.#logger = options.logger.child({ component: 'sfu' });
    this.#pipeGauge = options.metrics.gauge({ name: 'rostrum_sfu_pipes', help: 'Producers piped to other routers.' });
    this.#consumerGauge = options.metrics.gauge({ name: 'rostrum_sfu_consumers', help: 'Consumers of panelists.' });
    this.#pool = new WorkerPool({ ...options, logger: this.#logger });
    this.#pool.events.on('workerDied', (workerIndex) => this.#handleWorkerDied(workerIndex));
    this.#pool.events.on('workerUp', (workerIndex) => this.#handleWorkerUp(workerIndex));
    this.own('workers', (reason) => this.#pool.close(reason));
    this.own('webinars', () => this.#closeWebinars());
  }

  /** @throws SFU_PORT_TAKEN, SFU_LISTEN_IP_UNUSABLE, SFU_WORKER_START_FAILED */
  async start(): Promise<void> {
    this.advanceTo('starting');
    await this.#pool.start();
    this.advanceTo('running');
  }

  /** Process ids of the workers that run, by worker index. */
  get workerPids(): readonly (number | undefined)[] {
    return this.#pool.slots.map((slot) => slot.pid);
  }

  /**
   * The router a peer lives on. New peers go to the worker with the fewest peers of their webinar; a peer whose worker
   * died is placed anew. @throws SFU_NO_WORKER, SFU_WORKER_LOST
   */
  async routerFor(webinarId: string, peerId: string): Promise<PlacedRouter> {
    this.assertOpen();
    return this.#webinar(webinarId).routers.routerFor(peerId);
  }

  /** What a client loads; the same on every router. */
  async clientRtpCapabilities(peer: CascadePeer): Promise<types.RtpCapabilities> {
    const { router } = await this.routerFor(peer.webinarId, peer.peerId);
    return clientRtpCapabilities(router.rtpCapabilities);
  }

  /** Tells the cascade of a producer; it forgets it when the producer closes. */
  addProducer(source: CascadeProducer): void {
    this.assertOpen();
    this.#webinar(source.webinarId).addProducer(source);
  }

  /**
   * Consumes a producer of the same webinar on the peer's own transport: piped if needed, paused, highest layer.
   * @throws SFU_NOT_FOUND, SFU_CANNOT_CONSUME, SFU_PARAMETERS_REJECTED, SFU_CONSUMER_LIMIT, SFU_WORKER_LOST
   */
  async consume(
    peer: CascadePeer,
    request: {
      producerId: string;
      transport: types.Transport;
      routerId: string;
      rtpCapabilities: types.RtpCapabilities;
    },
  ): Promise<PeerConsumer> {
    this.assertOpen();
    const webinar = this.#webinars.get(peer.webinarId);
    const source = webinar?.producer(request.producerId);
    const placed = webinar?.routers.byId(request.routerId);
    if (webinar === undefined || source === undefined)
      throw sfuError('SFU_NOT_FOUND', { details: { producerId: request.producerId } });
    if (placed === undefined || request.transport.closed) throw sfuError('SFU_WORKER_LOST');
    return webinar.consumers.consume({
      peerId: peer.peerId,
      transport: request.transport,
      router: placed.router,
      producer: source.producer,
      senderId: source.peerId,
      rtpCapabilities: clientRtpCapabilities(request.rtpCapabilities),
      carry: () => webinar.carryTo(source, placed.router),
    });
  }

  /** Lets media flow; mediasoup asks for a keyframe. @throws SFU_NOT_FOUND */
  async resumeConsumer(peer: CascadePeer, consumerId: string): Promise<void> {
    await this.#consumersOf(peer).resume(peer.peerId, consumerId);
  }

  /** @throws SFU_NOT_FOUND */
  async pauseConsumer(peer: CascadePeer, consumerId: string): Promise<void> {
    await this.#consumersOf(peer).pause(peer.peerId, consumerId);
  }

  /** `spatialLayer` 0 is the smallest; a layer that does not exist means the highest. @throws SFU_NOT_FOUND */
  async setPreferredLayers(peer: CascadePeer, consumerId: string, spatialLayer: number): Promise<void> {
    await this.#consumersOf(peer).setPreferredLayer(peer.peerId, consumerId, spatialLayer);
  }

  /**
   * The tile that a camera is shown in at this peer: the layer that fills it is sent, and nothing for a tile that is not
   * on the screen. @param heightPx in pixels of the screen; null when it is not on it. @throws SFU_NOT_FOUND
   */
  async setTileHeight(peer: CascadePeer, consumerId: string, heightPx: number | null): Promise<void> {
    const consumers = this.#consumersOf(peer);
    if (heightPx === null) return consumers.pause(peer.peerId, consumerId);
    await consumers.setTileHeight(peer.peerId, consumerId, heightPx);
    await consumers.resume(peer.peerId, consumerId);
  }

  /** All that the peer receives, without telling it. */
  closeConsumers(peer: CascadePeer): void {
    this.#webinars.get(peer.webinarId)?.consumers.releasePeer(peer.peerId);
  }

  /** Forgets the peer and closes its consumers; the last one out ends the webinar's routers. Idempotent. */
  releasePeer(peer: CascadePeer): void {
    const webinar = this.#webinars.get(peer.webinarId);
    if (webinar === undefined) return;
    webinar.consumers.releasePeer(peer.peerId);
    webinar.routers.releasePeer(peer.peerId);
    this.#closeIfIdle(webinar);
  }

  /**
   * Sends every panelist's media, now and later, as plain RTP to `receiver`. A webinar has one program: attaching again
   * (a mixer's successor) replaces the former. Survives the death of a worker: feeds are removed and added anew.
   */
  async attachProgram(options: {
    webinarId: string;
    receiver: ProgramReceiver;
    listener: ProgramListener;
  }): Promise<ProgramAttachment> {
    this.assertOpen();
    const webinar = this.#webinar(options.webinarId);
    const program = await webinar.attachProgram(options.receiver, options.listener);
    return new ProgramAttachment(program, () => {
      webinar.detachProgram(program);
      this.#closeIfIdle(webinar);
    });
  }

  /** Who speaks now; null in silence or when the webinar is unknown. */
  activeSpeaker(webinarId: string): string | null {
    return this.#webinars.get(webinarId)?.speakerPeerId ?? null;
  }

  /** Where things are, for tests, diagnostics and benchmarks. */
  topology(webinarId: string) {
    const webinar = this.#webinars.get(webinarId);
    return {
      homeWorkerIndex: webinar?.homeWorkerIndex,
      pipeCount: webinar?.pipeCount ?? 0,
      isPipePaused: (producerId: string): boolean => webinar?.isPipePaused(producerId) ?? false,
      workerOf: (peerId: string): number | undefined => webinar?.routers.workerOf(peerId),
    };
  }

  #webinar(webinarId: string): WebinarCascade {
    const existing = this.#webinars.get(webinarId);
    if (existing !== undefined) return existing;
    const demand = new LayerDemand({
      clock: this.#clock,
      onChanged: (producerId, spatialLayer) => {
        const peerId = webinar.producer(producerId)?.peerId;
        if (peerId !== undefined && !this.isClosed)
          this.events.emit('layersWanted', { webinarId, peerId }, producerId, spatialLayer);
      },
    });
    const webinar: WebinarCascade = new WebinarCascade({
      webinarId,
      demand,
      routers: new WebinarRouters({ webinarId, pool: this.#pool, totalLoad: () => this.#totalLoad() }),
      consumers: new PeerConsumers({
        demand,
        onClosed: (peerId, consumerId) => {
          if (!this.isClosed) this.events.emit('consumerClosed', { webinarId, peerId }, consumerId);
        },
        onCountChanged: (delta) => this.#consumerGauge.set((this.#consumerCount += delta)),
      }),
      pipes: new PipeLinks({
        listenIp: this.#config.internalIp,
        logger: this.#logger,
        onCountChanged: (delta) => this.#pipeGauge.set((this.#pipeCount += delta)),
      }),
      listenIp: this.#config.internalIp,
      clock: this.#clock,
      logger: this.#logger,
      onSpeaker: (peerId) => this.events.emit('activeSpeaker', webinarId, peerId),
    });
    this.#webinars.set(webinarId, webinar);
    return webinar;
  }

  #consumersOf(peer: CascadePeer): PeerConsumers {
    const webinar = this.#webinars.get(peer.webinarId);
    if (webinar === undefined) throw sfuError('SFU_NOT_FOUND');
    return webinar.consumers;
  }

  /** Peers and home routers per worker, over all webinars. */
  #totalLoad(): ReadonlyMap<number, number> {
    const load = new Map<number, number>();
    for (const webinar of this.#webinars.values()) {
      const home = webinar.homeWorkerIndex;
      for (const index of [...webinar.routers.placements(), ...(home === undefined ? [] : [home])])
        load.set(index, (load.get(index) ?? 0) + 1);
    }
    return load;
  }

  #closeIfIdle(webinar: WebinarCascade): void {
    if (!webinar.isIdle || this.#webinars.get(webinar.webinarId) !== webinar) return;
    this.#webinars.delete(webinar.webinarId);
    webinar.close();
  }

  #closeWebinars(): void {
    for (const webinar of this.#webinars.values()) webinar.close();
    this.#webinars.clear();
  }

  #handleWorkerDied(workerIndex: number): void {
    for (const webinar of this.#webinars.values()) webinar.handleWorkerDied(workerIndex);
    this.events.emit('workerDied', workerIndex);
  }

  #handleWorkerUp(workerIndex: number): void {
    for (const webinar of this.#webinars.values()) webinar.handleWorkerUp();
    this.events.emit('workerUp', workerIndex);
  }
}
