/** One PlainTransport on the home router that sends every panelist's media to the mixer's socket. */
import { type types } from 'mediasoup';
import { type Clock } from '../core/clock.ts';
import { toRostrumError } from '../core/errors.ts';
import { programRtpCapabilities } from './codec-policy.ts';
import { sfuError } from './errors.ts';
import { KeyframeThrottle } from './keyframe-throttle.ts';
import { type LayerDemand } from './layer-demand.ts';
import { layerForHeight, programLayer, spatialLayerCount, type ProgramPicture } from './layer-policy.ts';
import { sfuLimits } from './limits.ts';
import { type CascadeProducer, type ProgramFeed, type ProgramReceiver } from './ports.ts';

/**
 * Hears what is sent to the mixer: of each feed `feedAdded`, then `feedRemoved`. Muting is not told here: the mixer knows
 * it from the roster.
 */
export interface ProgramListener {
  /** Nothing is sent yet: tell the mixer the SSRC, then call `resumeFeed`. */
  feedAdded(feed: ProgramFeed): void;
  feedRemoved(consumerId: string): void;
}

/** A tile may be a tenth taller than its picture. */
const enlargement = 1.1;

/** Of the demand for layers: no peer has it. */
const programReceiverId = 'program';

/** Lives and ends with its transport; a successor is made when the home router moves. */
export class ProgramFeeds {
  readonly #router: types.Router;
  readonly #transport: types.PlainTransport;
  readonly #listener: ProgramListener;
  readonly #throttle: KeyframeThrottle;
  readonly #consumerByProducer = new Map<string, types.Consumer>();
  readonly #consumers = new Map<string, types.Consumer>();
  readonly #demand: LayerDemand;
  /** Those of simulcast consumers. */
  readonly #pictures = new Map<types.Consumer, ProgramPicture>();
  #speakerPeerId: string | null = null;
  #isDetached = false;

  static async connect(options: {
    router: types.Router;
    receiver: ProgramReceiver;
    listenIp: string;
    listener: ProgramListener;
    demand: LayerDemand;
    clock: Clock;
  }): Promise<ProgramFeeds> {
    const transport = await options.router.createPlainTransport({
      listenInfo: {
        protocol: 'udp',
        ip: options.listenIp,
        portRange: { min: sfuLimits.internalPortMin, max: sfuLimits.internalPortMax },
      },
      rtcpMux: true,
      comedia: false,
    });
    try {
      await transport.connect({ ip: options.receiver.ip, port: options.receiver.port });
    } catch (cause) {
      transport.close();
      throw cause;
    }
    return new ProgramFeeds(transport, options);
  }

  private constructor(
    transport: types.PlainTransport,
    options: { router: types.Router; listener: ProgramListener; demand: LayerDemand; clock: Clock },
  ) {
    this.#router = options.router;
    this.#transport = transport;
    this.#listener = options.listener;
    this.#demand = options.demand;
    this.#throttle = new KeyframeThrottle(options.clock, sfuLimits.programKeyframeIntervalMs);
  }

  get isClosed(): boolean {
    return this.#transport.closed;
  }

  has(producerId: string): boolean {
    return this.#consumerByProducer.has(producerId);
  }

  /** The producer must be on the home router already. */
  async add(source: CascadeProducer): Promise<void> {
    const consumer = await this.#transport.consume({
      producerId: source.producerId,
      rtpCapabilities: programRtpCapabilities(this.#router.rtpCapabilities),
      paused: true,
    });
    if (consumer.closed || this.#isDetached) {
      consumer.close();
      return;
    }
    const feed = describeFeed(source, consumer);
    this.#consumers.set(consumer.id, consumer);
    this.#consumerByProducer.set(source.producerId, consumer);
    if (consumer.type === 'simulcast') {
      const topLayer = spatialLayerCount(consumer) - 1;
      this.#pictures.set(consumer, { peerId: source.peerId, tileLayer: topLayer, topLayer });
      this.#updateDemand();
    }
    // The source may have closed while the worker answered; the pipe then closes this consumer in a moment.
    consumer.observer.once('close', () => this.#handleClosed(source.producerId, consumer.id));
    this.#tell((listener) => listener.feedAdded(feed));
  }

  /** Starts sending; mediasoup asks the panelist for a keyframe by itself. @throws SFU_NOT_FOUND, SFU_WORKER_LOST */
  async resume(consumerId: string): Promise<void> {
    await this.#call(consumerId, (consumer) => consumer.resume());
  }

  /** @throws SFU_NOT_FOUND, SFU_WORKER_LOST */
  async requestKeyframe(consumerId: string): Promise<void> {
    if (this.#consumer(consumerId).kind !== 'video' || !this.#throttle.take(consumerId)) return;
    await this.#call(consumerId, (consumer) => consumer.requestKeyFrame());
  }

  /**
   * Sends the smallest simulcast layer that fills a tile of this height; single-layer sources have no choice.
   * @param heightPx of the tile; null when the camera is in none, which gets the smallest.
   * @throws SFU_NOT_FOUND, SFU_WORKER_LOST
   */
  async setTileHeight(consumerId: string, heightPx: number | null): Promise<void> {
    const consumer = this.#consumer(consumerId);
    const picture = this.#pictures.get(consumer);
    if (picture === undefined) return;
    const spatialLayer = layerForHeight(picture.topLayer + 1, heightPx ?? 0, enlargement);
    this.#pictures.set(consumer, { ...picture, tileLayer: spatialLayer });
    this.#updateDemand();
    await this.#call(consumerId, () => consumer.setPreferredLayers({ spatialLayer }));
  }

  /** Who speaks may be large in a moment. */
  setSpeaker(peerId: string | null): void {
    this.#speakerPeerId = peerId;
    this.#updateDemand();
  }

  /** Ends sending without telling the listener. */
  detach(): void {
    this.#isDetached = true;
    for (const producerId of this.#consumerByProducer.keys()) this.#demand.drop(producerId, programReceiverId);
    this.#transport.close();
  }

  #updateDemand(): void {
    for (const [consumer, picture] of this.#pictures) {
      const layer = programLayer(picture, this.#pictures.size, this.#speakerPeerId);
      this.#demand.set(consumer.producerId, programReceiverId, layer);
    }
  }

  #consumer(consumerId: string): types.Consumer {
    const consumer = this.#consumers.get(consumerId);
    if (consumer === undefined) throw sfuError('SFU_NOT_FOUND', { details: { consumerId } });
    return consumer;
  }

  async #call(consumerId: string, operation: (consumer: types.Consumer) => Promise<void>): Promise<void> {
    const consumer = this.#consumer(consumerId);
    try {
      await operation(consumer);
    } catch (thrown) {
      if (consumer.closed) throw sfuError('SFU_NOT_FOUND', { cause: thrown, details: { consumerId } });
      throw toRostrumError(thrown);
    }
  }

  #handleClosed(producerId: string, consumerId: string): void {
    this.#consumers.delete(consumerId);
    const consumer = this.#consumerByProducer.get(producerId);
    this.#consumerByProducer.delete(producerId);
    this.#demand.drop(producerId, programReceiverId);
    if (consumer !== undefined && this.#pictures.delete(consumer)) this.#updateDemand();
    this.#throttle.forget(consumerId);
    this.#tell((listener) => listener.feedRemoved(consumerId));
  }

  #tell(call: (listener: ProgramListener) => void): void {
    if (!this.#isDetached) call(this.#listener);
  }
}

function describeFeed(source: CascadeProducer, consumer: types.Consumer): ProgramFeed {
  const codec = consumer.rtpParameters.codecs[0]!;
  const ssrc = consumer.rtpParameters.encodings?.[0]?.ssrc;
  if (ssrc === undefined) throw sfuError('SFU_PARAMETERS_REJECTED', { details: { producerId: source.producerId } });
  return {
    consumerId: consumer.id,
    peerId: source.peerId,
    kind: source.kind,
    source: source.source,
    mimeType: codec.mimeType,
    ssrc,
    payloadType: codec.payloadType,
    clockRateHz: codec.clockRate,
  };
}
