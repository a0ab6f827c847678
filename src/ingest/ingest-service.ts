/** Publisher side of the stage: WebRTC transports and producers on behalf of peers. */
import { type types } from 'mediasoup';
import { type Clock } from '../core/clock.ts';
import { RostrumError } from '../core/errors.ts';
import { Lifecycle } from '../core/lifecycle.ts';
import { type Logger } from '../core/logger.ts';
import { type CounterMetric, type Metrics } from '../core/metrics.ts';
import { TypedEmitter } from '../core/typed-emitter.ts';
import { ingestError } from './errors.ts';
import { ingestLimits } from './limits.ts';
import { PeerIngest } from './peer-ingest.ts';
import {
  createPeerTransport,
  superviseTransport,
  type PeerTransport,
  type TransportCloseReason,
  type TransportDirection,
} from './peer-transport.ts';
import { type RouterProvider } from './ports.ts';
import { checkProduce, cleanRtpParameters, type ProducerSource } from './produce-rules.ts';

export interface IngestPeer {
  readonly webinarId: string;
  readonly peerId: string;
}

/** A source that came in, for whoever carries it on. It tells of its pause and end itself. */
export interface IngestProducer extends IngestPeer {
  readonly producerId: string;
  readonly kind: 'audio' | 'video';
  readonly source: ProducerSource;
  readonly routerId: string;
  readonly producer: types.Producer;
}

export type IngestEvents = {
  producerAdded: [producer: IngestProducer];
  /** The transport ended although its peer did not ask; its producers and consumers ended with it. */
  transportClosed: [peer: IngestPeer, transportId: string, reason: TransportCloseReason];
};

export interface CreatedTransport {
  readonly transportId: string;
  readonly iceParameters: types.IceParameters;
  readonly iceCandidates: readonly types.IceCandidate[];
  readonly dtlsParameters: types.DtlsParameters;
}

export class IngestService extends Lifecycle {
  readonly events = new TypedEmitter<IngestEvents>((event, error) =>
    this.#logger.error({ event, error }, 'ingest listener failed'),
  );
  readonly #routers: RouterProvider;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #closedCounter: CounterMetric;
  readonly #peers = new Map<string, PeerIngest>();

  constructor(options: { routers: RouterProvider; clock: Clock; logger: Logger; metrics: Metrics }) {
    super({ clock: options.clock });
    this.#routers = options.routers;
    this.#clock = options.clock;
    this.#logger = options.logger.child({ component: 'ingest' });
    this.#closedCounter = options.metrics.counter({
      name: 'rostrum_ingest_transports_lost_total',
      help: 'Transports that ended without their peer asking.',
      labels: ['reason'],
    });
    this.own('peers', () => this.#releaseAll());
  }

  /** One per direction. @throws INGEST_TRANSPORT_LIMIT, INGEST_TRANSPORT_LOST, and what the router provider throws */
  async createTransport(peer: IngestPeer, direction: TransportDirection): Promise<CreatedTransport> {
    this.assertOpen();
    const held = this.#peer(peer);
    return held.withTransportPlace(direction, async () => {
      const stageRouter = await this.#routers.routerFor(peer.webinarId, peer.peerId);
      const made = await guarded(() => createPeerTransport(stageRouter, direction));
      held.keepTransport(made);
      superviseTransport(made, this.#clock, (reason) => this.#handleClosed(peer, made, reason));
      const { id, iceParameters, iceCandidates, dtlsParameters } = made.transport;
      return { transportId: id, iceParameters, iceCandidates, dtlsParameters };
    });
  }

  /** @throws INGEST_NOT_FOUND, INGEST_PARAMETERS_REJECTED (also when it is connected already) */
  async connectTransport(peer: IngestPeer, transportId: string, dtlsParameters: types.DtlsParameters): Promise<void> {
    const { transport } = this.#held(peer).transport(transportId);
    await guarded(() => transport.connect({ dtlsParameters }), transport);
  }

  /** @throws INGEST_NOT_FOUND */
  async restartIce(peer: IngestPeer, transportId: string): Promise<{ iceParameters: types.IceParameters }> {
    const { transport } = this.#held(peer).transport(transportId);
    return { iceParameters: await guarded(() => transport.restartIce(), transport) };
  }

  /**
   * @throws INGEST_NOT_FOUND, INGEST_KIND_MISMATCH, INGEST_CODEC_UNSUPPORTED, INGEST_TOO_MANY_ENCODINGS,
   * INGEST_PRODUCER_LIMIT, INGEST_PARAMETERS_REJECTED, INGEST_TRANSPORT_LOST
   */
  async produce(
    peer: IngestPeer,
    request: {
      transportId: string;
      kind: types.MediaKind;
      source: ProducerSource;
      rtpParameters: types.RtpParameters;
      paused: boolean;
    },
  ): Promise<{ producerId: string }> {
    this.assertOpen();
    const held = this.#held(peer);
    const { direction, transport, routerId } = held.transport(request.transportId);
    if (direction !== 'send') throw ingestError('INGEST_KIND_MISMATCH', { details: { direction } });
    checkProduce(request);
    return held.withProducerPlace(request.source, async () => {
      const producer = await guarded(
        () =>
          transport.produce({
            kind: request.kind,
            rtpParameters: cleanRtpParameters(request.rtpParameters),
            paused: request.paused,
            keyFrameRequestDelay: ingestLimits.keyFrameRequestDelayMs,
          }),
        transport,
      );
      held.keepProducer({ source: request.source, transportId: transport.id, producer });
      this.events.emit('producerAdded', {
        webinarId: peer.webinarId,
        peerId: peer.peerId,
        producerId: producer.id,
        kind: producer.kind,
        source: request.source,
        routerId,
        producer,
      });
      return { producerId: producer.id };
    });
  }

  /** Idempotent. @throws INGEST_NOT_FOUND */
  async pauseProducer(peer: IngestPeer, producerId: string): Promise<void> {
    const producer = this.#held(peer).producer(producerId);
    await guarded(() => producer.pause(), producer);
  }

  /** Idempotent. @throws INGEST_NOT_FOUND */
  async resumeProducer(peer: IngestPeer, producerId: string): Promise<void> {
    const producer = this.#held(peer).producer(producerId);
    await guarded(() => producer.resume(), producer);
  }

  /** @throws INGEST_NOT_FOUND */
  closeProducer(peer: IngestPeer, producerId: string): void {
    this.#held(peer).producer(producerId).close();
  }

  /** All that the peer sends; its transports stay. */
  closeProducers(peer: IngestPeer): void {
    this.#peers.get(peerKey(peer))?.closeProducers();
  }

  /** The transport a peer receives on, and the router it lives on. @throws INGEST_NOT_FOUND */
  receiveTransport(peer: IngestPeer): PeerTransport {
    return this.#held(peer).transportOf('recv');
  }

  /** Closes everything the peer has, and what is still being made for it. Idempotent. */
  releasePeer(peer: IngestPeer): void {
    const held = this.#peers.get(peerKey(peer));
    this.#peers.delete(peerKey(peer));
    held?.release();
  }

  #peer(peer: IngestPeer): PeerIngest {
    const held = this.#peers.get(peerKey(peer)) ?? new PeerIngest();
    this.#peers.set(peerKey(peer), held);
    return held;
  }

  #held(peer: IngestPeer): PeerIngest {
    const held = this.#peers.get(peerKey(peer));
    if (held === undefined) throw ingestError('INGEST_NOT_FOUND');
    return held;
  }

  #handleClosed(peer: IngestPeer, made: PeerTransport, reason: TransportCloseReason | undefined): void {
    if (reason === undefined || this.isClosed) return;
    this.#closedCounter.inc({ reason });
    this.#logger.info({ ...peer, transportId: made.transport.id, direction: made.direction, reason }, 'transport lost');
    this.events.emit('transportClosed', peer, made.transport.id, reason);
  }

  #releaseAll(): void {
    for (const held of this.#peers.values()) held.release();
    this.#peers.clear();
  }
}

/** Ids hold no slash. */
function peerKey({ webinarId, peerId }: IngestPeer): string {
  return `${webinarId}/${peerId}`;
}

/** mediasoup's refusals as coded errors: what was lost is told from what was wrong by the state of its owner. */
async function guarded<T>(operation: () => Promise<T>, owner?: { readonly closed: boolean }): Promise<T> {
  try {
    return await operation();
  } catch (cause) {
    if (cause instanceof RostrumError) throw cause;
    if (owner === undefined || owner.closed) throw ingestError('INGEST_TRANSPORT_LOST', { cause });
    throw ingestError('INGEST_PARAMETERS_REJECTED', { cause });
  }
}
