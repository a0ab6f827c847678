/** What the peers of one webinar receive: consumers on their transports, owned by peer, counted, closed with their producer. */
import { type types } from 'mediasoup';
import { sfuError } from './errors.ts';
import { type LayerDemand } from './layer-demand.ts';
import { layerForHeight, spatialLayerCount } from './layer-policy.ts';
import { sfuLimits } from './limits.ts';

export interface PeerConsumer {
  readonly consumerId: string;
  readonly producerId: string;
  readonly kind: 'audio' | 'video';
  readonly rtpParameters: types.RtpParameters;
  readonly producerPaused: boolean;
}

/** A consumer and what its peer wants of it. */
interface HeldConsumer {
  readonly consumer: types.Consumer;
  /** Who sends it. */
  readonly senderId: string;
  /** The layer that fills its tile. */
  spatialLayer: number;
}

/** A picture enlarged by up to a third still looks sharp at arm's length. */
const enlargement = 1.33;

export class PeerConsumers {
  readonly #byPeer = new Map<string, Map<string, HeldConsumer>>();
  readonly #demand: LayerDemand;
  #favouredId: string | null = null;
  readonly #pendingByPeer = new Map<string, number>();
  readonly #onClosed: (peerId: string, consumerId: string) => void;
  readonly #onCountChanged: (delta: number) => void;

  constructor(options: {
    demand: LayerDemand;
    onClosed: (peerId: string, consumerId: string) => void;
    onCountChanged: (delta: number) => void;
  }) {
    this.#demand = options.demand;
    this.#onClosed = options.onClosed;
    this.#onCountChanged = options.onCountChanged;
  }

  /**
   * Consumes on the peer's transport, paused, at the highest layer. `carry` brings the producer to `router` first.
   * @throws SFU_CONSUMER_LIMIT, SFU_CANNOT_CONSUME, SFU_PARAMETERS_REJECTED, SFU_NOT_FOUND, SFU_WORKER_LOST
   */
  async consume(request: {
    peerId: string;
    transport: types.Transport;
    router: types.Router;
    producer: types.Producer;
    senderId: string;
    rtpCapabilities: types.RtpCapabilities;
    carry: () => Promise<unknown>;
  }): Promise<PeerConsumer> {
    const { peerId, transport, router, producer, rtpCapabilities } = request;
    this.#reserve(peerId);
    try {
      await request.carry();
      // False too for capabilities that make no sense.
      if (!router.canConsume({ producerId: producer.id, rtpCapabilities })) throw sfuError('SFU_CANNOT_CONSUME');
      // Opus retransmission is off by default in mediasoup; audio is the last thing to lose.
      const consumer = await transport
        .consume({ producerId: producer.id, rtpCapabilities, paused: true, enableRtx: true })
        .catch((cause: unknown) => {
          throw refusal(cause, transport, producer);
        });
      await this.#keep(peerId, request.senderId, consumer);
      return {
        consumerId: consumer.id,
        producerId: producer.id,
        kind: consumer.kind,
        rtpParameters: consumer.rtpParameters,
        producerPaused: consumer.producerPaused,
      };
    } finally {
      this.#release(peerId);
    }
  }

  /** Lets media flow. @throws SFU_NOT_FOUND */
  async resume(peerId: string, consumerId: string): Promise<void> {
    await this.#operate(peerId, consumerId, (held) => {
      this.#want(held, held.spatialLayer);
      return held.consumer.resume();
    });
  }

  /** @throws SFU_NOT_FOUND */
  async pause(peerId: string, consumerId: string): Promise<void> {
    await this.#operate(peerId, consumerId, (held) => {
      this.#want(held, null);
      return held.consumer.pause();
    });
  }

  /** `spatialLayer` 0 is the smallest; a layer that does not exist means the highest. @throws SFU_NOT_FOUND */
  async setPreferredLayer(peerId: string, consumerId: string, spatialLayer: number): Promise<void> {
    await this.#operate(peerId, consumerId, (held) => this.#prefer(held, spatialLayer));
  }

  /** Sends the layer that fills a tile of this height, in pixels of the screen. @throws SFU_NOT_FOUND */
  async setTileHeight(peerId: string, consumerId: string, heightPx: number): Promise<void> {
    await this.#operate(peerId, consumerId, (held) => {
      const { consumer } = held;
      if (consumer.type !== 'simulcast') return Promise.resolve();
      return this.#prefer(held, layerForHeight(spatialLayerCount(consumer), heightPx, enlargement));
    });
  }

  /** Who speaks gets bandwidth before the others, at everybody. */
  favour(senderId: string | null): void {
    const before = this.#favouredId;
    this.#favouredId = senderId;
    for (const held of [...this.#byPeer.values()].flatMap((consumers) => [...consumers.values()])) {
      if (held.senderId === senderId) void favour(held.consumer);
      else if (held.senderId === before) void unfavour(held.consumer);
    }
  }

  /** Closes all of a peer's consumers without telling anybody. */
  releasePeer(peerId: string): void {
    const consumers = this.#byPeer.get(peerId);
    this.#byPeer.delete(peerId);
    for (const { consumer } of consumers?.values() ?? []) consumer.close();
  }

  async #operate(peerId: string, consumerId: string, run: (held: HeldConsumer) => Promise<void>): Promise<void> {
    const held = this.#byPeer.get(peerId)?.get(consumerId);
    if (held === undefined) throw sfuError('SFU_NOT_FOUND', { details: { consumerId } });
    try {
      await run(held);
    } catch (cause) {
      if (held.consumer.closed) throw sfuError('SFU_NOT_FOUND', { cause, details: { consumerId } });
      throw cause;
    }
  }

  async #prefer(held: HeldConsumer, spatialLayer: number): Promise<void> {
    held.spatialLayer = spatialLayer;
    if (!held.consumer.paused) this.#want(held, spatialLayer);
    await held.consumer.setPreferredLayers({ spatialLayer });
  }

  #want({ consumer }: HeldConsumer, spatialLayer: number | null): void {
    this.#demand.set(consumer.producerId, consumer.id, spatialLayer);
  }

  async #keep(peerId: string, senderId: string, consumer: types.Consumer): Promise<void> {
    if (consumer.closed) throw sfuError('SFU_NOT_FOUND');
    const consumers = this.#byPeer.get(peerId) ?? new Map<string, HeldConsumer>();
    this.#byPeer.set(peerId, consumers);
    consumers.set(consumer.id, { consumer, senderId, spatialLayer: spatialLayerCount(consumer) - 1 });
    this.#onCountChanged(1);
    consumer.observer.once('close', () => {
      this.#onCountChanged(-1);
      this.#demand.drop(consumer.producerId, consumer.id);
      // Still registered: the end came from the producer or a worker, so the peer has to hear of it.
      if (this.#byPeer.get(peerId)?.delete(consumer.id) === true) this.#onClosed(peerId, consumer.id);
    });
    if (senderId === this.#favouredId) await favour(consumer);
  }

  #reserve(peerId: string): void {
    const pendingCount = this.#pendingByPeer.get(peerId) ?? 0;
    const heldCount = this.#byPeer.get(peerId)?.size ?? 0;
    if (pendingCount + heldCount >= sfuLimits.maxConsumersPerPeer) throw sfuError('SFU_CONSUMER_LIMIT');
    this.#pendingByPeer.set(peerId, pendingCount + 1);
  }

  #release(peerId: string): void {
    const pendingCount = (this.#pendingByPeer.get(peerId) ?? 1) - 1;
    if (pendingCount === 0) this.#pendingByPeer.delete(peerId);
    else this.#pendingByPeer.set(peerId, pendingCount);
  }
}

function refusal(cause: unknown, transport: types.Transport, producer: types.Producer): Error {
  if (producer.closed) return sfuError('SFU_NOT_FOUND', { cause });
  if (transport.closed) return sfuError('SFU_WORKER_LOST', { cause });
  return sfuError('SFU_PARAMETERS_REJECTED', { cause });
}

/** Never rejects: a consumer that closes meanwhile needs no bandwidth. */
async function favour(consumer: types.Consumer): Promise<void> {
  if (consumer.kind === 'video') await consumer.setPriority(sfuLimits.speakerPriority).catch(() => undefined);
}

/** As `favour`. */
async function unfavour(consumer: types.Consumer): Promise<void> {
  if (consumer.kind === 'video') await consumer.unsetPriority().catch(() => undefined);
}
