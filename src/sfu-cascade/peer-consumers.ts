/** What the peers of one webinar receive: consumers on their transports, owned by peer, counted, closed with their producer. */
import { type types } from 'mediasoup';
import { sfuError } from './errors.ts';
import { sfuLimits } from './limits.ts';

export interface PeerConsumer {
  readonly consumerId: string;
  readonly producerId: string;
  readonly kind: 'audio' | 'video';
  readonly rtpParameters: types.RtpParameters;
  readonly producerPaused: boolean;
}

export class PeerConsumers {
  readonly #byPeer = new Map<string, Map<string, types.Consumer>>();
  readonly #pendingByPeer = new Map<string, number>();
  readonly #onClosed: (peerId: string, consumerId: string) => void;
  readonly #onCountChanged: (delta: number) => void;

  constructor(options: {
    onClosed: (peerId: string, consumerId: string) => void;
    onCountChanged: (delta: number) => void;
  }) {
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
      this.#keep(peerId, consumer);
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

  /** @throws SFU_NOT_FOUND when the consumer is not this peer's */
  async operate(peerId: string, consumerId: string, run: (consumer: types.Consumer) => Promise<void>): Promise<void> {
    const consumer = this.#byPeer.get(peerId)?.get(consumerId);
    if (consumer === undefined) throw sfuError('SFU_NOT_FOUND', { details: { consumerId } });
    try {
      await run(consumer);
    } catch (cause) {
      if (consumer.closed) throw sfuError('SFU_NOT_FOUND', { cause, details: { consumerId } });
      throw cause;
    }
  }

  /** Closes all of a peer's consumers without telling anybody. */
  releasePeer(peerId: string): void {
    const consumers = this.#byPeer.get(peerId);
    this.#byPeer.delete(peerId);
    for (const consumer of consumers?.values() ?? []) consumer.close();
  }

  #keep(peerId: string, consumer: types.Consumer): void {
    if (consumer.closed) throw sfuError('SFU_NOT_FOUND');
    const consumers = this.#byPeer.get(peerId) ?? new Map<string, types.Consumer>();
    this.#byPeer.set(peerId, consumers);
    consumers.set(consumer.id, consumer);
    this.#onCountChanged(1);
    consumer.observer.once('close', () => {
      this.#onCountChanged(-1);
      // Still registered: the end came from the producer or a worker, so the peer has to hear of it.
      if (this.#byPeer.get(peerId)?.delete(consumer.id) === true) this.#onClosed(peerId, consumer.id);
    });
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
