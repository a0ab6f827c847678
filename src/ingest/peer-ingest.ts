/** Everything one peer has on the publisher side, with its limits. Reservations make concurrent requests count. */
import { type types } from 'mediasoup';
import { ingestError } from './errors.ts';
import { ingestLimits } from './limits.ts';
import { type PeerTransport, type TransportDirection } from './peer-transport.ts';
import { type ProducerSource } from './produce-rules.ts';

export interface PeerProducer {
  readonly source: ProducerSource;
  readonly transportId: string;
  readonly producer: types.Producer;
}

export class PeerIngest {
  readonly #transports = new Map<string, PeerTransport>();
  readonly #producers = new Map<string, PeerProducer>();
  readonly #pendingDirections = new Set<TransportDirection>();
  readonly #pendingSources = new Set<ProducerSource>();
  #isReleased = false;

  /** Takes the place of a transport while it is made. @throws INGEST_TRANSPORT_LIMIT */
  async withTransportPlace<T>(direction: TransportDirection, make: () => Promise<T>): Promise<T> {
    const isTaken = [...this.#transports.values()].some((transport) => transport.direction === direction);
    const count = this.#transports.size + this.#pendingDirections.size;
    if (isTaken || this.#pendingDirections.has(direction) || count >= ingestLimits.maxTransportsPerPeer)
      throw ingestError('INGEST_TRANSPORT_LIMIT', { details: { direction } });
    this.#pendingDirections.add(direction);
    try {
      return await make();
    } finally {
      this.#pendingDirections.delete(direction);
    }
  }

  /** Takes the place of a producer while it is made. @throws INGEST_PRODUCER_LIMIT */
  async withProducerPlace<T>(source: ProducerSource, make: () => Promise<T>): Promise<T> {
    const sameSourceCount = [...this.#producers.values()].filter((producer) => producer.source === source).length;
    const count = this.#producers.size + this.#pendingSources.size;
    if (
      sameSourceCount >= ingestLimits.maxProducersPerSource ||
      this.#pendingSources.has(source) ||
      count >= ingestLimits.maxProducersPerPeer
    )
      throw ingestError('INGEST_PRODUCER_LIMIT', { details: { source } });
    this.#pendingSources.add(source);
    try {
      return await make();
    } finally {
      this.#pendingSources.delete(source);
    }
  }

  /** @throws INGEST_TRANSPORT_LOST when the peer left or the transport closed while it was made */
  keepTransport(made: PeerTransport): void {
    const { transport } = made;
    if (this.#isReleased || transport.closed) {
      transport.close();
      throw ingestError('INGEST_TRANSPORT_LOST');
    }
    this.#transports.set(transport.id, made);
    transport.observer.once('close', () => this.#transports.delete(transport.id));
  }

  /** @throws INGEST_TRANSPORT_LOST when the peer left or the producer closed while it was made */
  keepProducer(made: PeerProducer): void {
    const { producer } = made;
    if (this.#isReleased || producer.closed) {
      producer.close();
      throw ingestError('INGEST_TRANSPORT_LOST');
    }
    this.#producers.set(producer.id, made);
    producer.observer.once('close', () => this.#producers.delete(producer.id));
  }

  /** @throws INGEST_NOT_FOUND */
  transport(transportId: string): PeerTransport {
    const transport = this.#transports.get(transportId);
    if (transport === undefined) throw ingestError('INGEST_NOT_FOUND', { details: { transportId } });
    return transport;
  }

  /** The open transport of one direction. @throws INGEST_NOT_FOUND */
  transportOf(direction: TransportDirection): PeerTransport {
    const found = [...this.#transports.values()].find((transport) => transport.direction === direction);
    if (found === undefined) throw ingestError('INGEST_NOT_FOUND', { details: { direction } });
    return found;
  }

  /** @throws INGEST_NOT_FOUND */
  producer(producerId: string): types.Producer {
    const held = this.#producers.get(producerId);
    if (held === undefined) throw ingestError('INGEST_NOT_FOUND', { details: { producerId } });
    return held.producer;
  }

  closeProducers(): void {
    for (const { producer } of [...this.#producers.values()]) producer.close();
  }

  /** Closes everything and refuses what is still being made. Idempotent. */
  release(): void {
    this.#isReleased = true;
    for (const { transport } of [...this.#transports.values()]) transport.close();
  }
}
