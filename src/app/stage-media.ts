/** Binds signaling's media port to the publisher side and the SFU cascade. */
import { RostrumError } from '../core/errors.ts';
import { type DtlsParameters, type IngestProducer, type IngestService, type RtpParameters } from '../ingest/index.ts';
import { type RtpCapabilities, type SfuCascade } from '../sfu-cascade/index.ts';
import { signalingError, type PeerRef, type StageMedia } from '../signaling/index.ts';
import { type WireDtlsParameters } from '../signaling/protocol/index.ts';

type Media = StageMedia;

/** What the media side tells peers without being asked; the signaling server delivers it. */
export interface StageNotices {
  notifyTransportClosed(peer: PeerRef, transportId: string, reason: string): void;
  notifyConsumerClosed(peer: PeerRef, consumerId: string): void;
  notifyLayersWanted(peer: PeerRef, producerId: string, spatialLayer: number | null): void;
  broadcastActiveSpeaker(webinarId: string, peerId: string | null): void;
}

export class AppStageMedia implements StageMedia {
  readonly #ingest: IngestService;
  readonly #sfu: SfuCascade;
  readonly #isInterpreter: (peer: PeerRef) => boolean;
  /** Peers whose media reaches nobody, with what they send. */
  readonly #held = new Map<string, Set<IngestProducer>>();

  /** @param services.isInterpreter who speaks, but not on the floor. */
  constructor(services: { ingest: IngestService; sfu: SfuCascade; isInterpreter: (peer: PeerRef) => boolean }) {
    this.#ingest = services.ingest;
    this.#sfu = services.sfu;
    this.#isInterpreter = services.isInterpreter;
    this.#ingest.events.on('producerAdded', (producer) => {
      const held = this.#held.get(keyOf(producer));
      if (held === undefined) this.#carryOn(producer);
      else hold(held, producer);
    });
  }

  /** Forwards what happens on the media side to peers. Returns the function that ends it. */
  forwardNotices(notices: StageNotices): () => void {
    const offs = [
      this.#ingest.events.on('transportClosed', (peer, transportId, reason) =>
        notices.notifyTransportClosed(peer, transportId, reason),
      ),
      this.#sfu.events.on('consumerClosed', (peer, consumerId) => notices.notifyConsumerClosed(peer, consumerId)),
      this.#sfu.events.on('layersWanted', (peer, producerId, spatialLayer) =>
        notices.notifyLayersWanted(peer, producerId, spatialLayer),
      ),
      this.#sfu.events.on('activeSpeaker', (webinarId, peerId) => notices.broadcastActiveSpeaker(webinarId, peerId)),
    ];
    return () => offs.forEach((off) => off());
  }

  async routerRtpCapabilities(peer: PeerRef): ReturnType<Media['routerRtpCapabilities']> {
    return this.#sfu.clientRtpCapabilities(peer);
  }

  async createTransport(peer: PeerRef, direction: 'send' | 'recv'): ReturnType<Media['createTransport']> {
    return owned(() => this.#ingest.createTransport(peer, direction));
  }

  async connectTransport(peer: PeerRef, transportId: string, dtlsParameters: WireDtlsParameters): Promise<void> {
    await owned(() => this.#ingest.connectTransport(peer, transportId, dtlsParameters as DtlsParameters));
  }

  async restartIce(peer: PeerRef, transportId: string): ReturnType<Media['restartIce']> {
    return owned(() => this.#ingest.restartIce(peer, transportId));
  }

  async produce(peer: PeerRef, request: Parameters<Media['produce']>[1]): ReturnType<Media['produce']> {
    const rtpParameters = request.rtpParameters as RtpParameters;
    return owned(() => this.#ingest.produce(peer, { ...request, rtpParameters }));
  }

  async pauseProducer(peer: PeerRef, producerId: string): Promise<void> {
    await owned(() => this.#ingest.pauseProducer(peer, producerId));
  }

  async resumeProducer(peer: PeerRef, producerId: string): Promise<void> {
    await owned(() => this.#ingest.resumeProducer(peer, producerId));
  }

  async closeProducer(peer: PeerRef, producerId: string): Promise<void> {
    await owned(async () => this.#ingest.closeProducer(peer, producerId));
  }

  async consume(peer: PeerRef, request: Parameters<Media['consume']>[1]): ReturnType<Media['consume']> {
    return owned(async () => {
      const { transport, routerId } = this.#ingest.receiveTransport(peer);
      return this.#sfu.consume(peer, {
        producerId: request.producerId,
        transport,
        routerId,
        rtpCapabilities: request.rtpCapabilities as RtpCapabilities,
      });
    });
  }

  async resumeConsumer(peer: PeerRef, consumerId: string): Promise<void> {
    await owned(() => this.#sfu.resumeConsumer(peer, consumerId));
  }

  async pauseConsumer(peer: PeerRef, consumerId: string): Promise<void> {
    await owned(() => this.#sfu.pauseConsumer(peer, consumerId));
  }

  async setPreferredLayers(peer: PeerRef, consumerId: string, spatialLayer: number): Promise<void> {
    await owned(() => this.#sfu.setPreferredLayers(peer, consumerId, spatialLayer));
  }

  async setTile(peer: PeerRef, consumerId: string, heightPx: number | null): Promise<void> {
    await owned(() => this.#sfu.setTileHeight(peer, consumerId, heightPx));
  }

  holdPeer(peer: PeerRef): void {
    this.#held.set(keyOf(peer), new Set());
    this.#ingest.closeProducers(peer);
    this.#sfu.closeConsumers(peer);
  }

  admitPeer(peer: PeerRef): void {
    const held = this.#held.get(keyOf(peer));
    this.#held.delete(keyOf(peer));
    for (const producer of held ?? []) this.#carryOn(producer);
  }

  /** Producers first: when the cascade lets the peer go, nothing of it may be left. */
  async releasePeer(peer: PeerRef): Promise<void> {
    this.#held.delete(keyOf(peer));
    this.#ingest.releasePeer(peer);
    this.#sfu.releasePeer(peer);
  }

  #carryOn(producer: IngestProducer): void {
    this.#sfu.addProducer({ ...producer, isOffFloor: this.#isInterpreter(producer) });
  }
}

/** Until it ends, or its peer is let in. */
function hold(held: Set<IngestProducer>, producer: IngestProducer): void {
  held.add(producer);
  producer.producer.observer.once('close', () => held.delete(producer));
}

/** Ids hold no slash. */
function keyOf({ webinarId, peerId }: PeerRef): string {
  return `${webinarId}/${peerId}`;
}

const notFoundCodes: ReadonlySet<string> = new Set(['INGEST_NOT_FOUND', 'SFU_NOT_FOUND']);

/** Ids that are unknown or somebody else's are one answer to the peer: MEDIA_NOT_FOUND. */
async function owned<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (cause) {
    if (cause instanceof RostrumError && notFoundCodes.has(cause.code)) {
      const { details } = cause;
      throw signalingError('MEDIA_NOT_FOUND', { cause, ...(details === undefined ? {} : { details }) });
    }
    throw cause;
  }
}
