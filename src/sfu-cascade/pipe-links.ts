/**
 * Carries producers between the routers of one webinar: one PipeTransport pair per router pair, one pipe per
 * (producer, target router), made on demand and shared by everyone who asks meanwhile. The steps are mediasoup's
 * `pipeToRouter`, done by hand so that every promise has an owner and a remote router can take the other half.
 */
import { type types } from 'mediasoup';
import { type Logger } from '../core/logger.ts';
import { sfuError } from './errors.ts';
import { sfuLimits } from './limits.ts';

interface PipePair {
  /** Router id -> this pair's transport on that router. */
  readonly transports: ReadonlyMap<string, types.PipeTransport>;
}

export class PipeLinks {
  readonly #listenIp: string;
  readonly #logger: Logger;
  readonly #onCountChanged: (delta: number) => void;
  readonly #pairs = new Map<string, Promise<PipePair>>();
  readonly #pipes = new Map<string, Promise<types.Producer>>();
  readonly #far = new Map<string, types.Producer>();

  constructor(options: { listenIp: string; logger: Logger; onCountChanged: (delta: number) => void }) {
    this.#listenIp = options.listenIp;
    this.#logger = options.logger;
    this.#onCountChanged = options.onCountChanged;
  }

  /** Pipes that exist or are being made. */
  get pipeCount(): number {
    return this.#pipes.size;
  }

  /** True when a pipe of this producer stands still at its far end. */
  isPaused(producerId: string): boolean {
    return [...this.#far.values()].some((pipeProducer) => pipeProducer.id === producerId && pipeProducer.paused);
  }

  /**
   * Makes `producer` of router `origin` available on router `target` under the same id.
   * @throws SFU_NOT_FOUND when the producer closed meanwhile, SFU_WORKER_LOST when either router ended.
   */
  async carry(producer: types.Producer, origin: types.Router, target: types.Router): Promise<types.Producer> {
    if (origin.id === target.id) return producer;
    const key = `${producer.id}>${target.id}`;
    const existing = this.#pipes.get(key);
    if (existing !== undefined) return existing;
    const making = this.#pipe(producer, origin, target);
    this.#pipes.set(key, making);
    this.#onCountChanged(1);
    const forget = (): void => {
      if (this.#pipes.get(key) !== making) return;
      this.#pipes.delete(key);
      this.#far.delete(key);
      this.#onCountChanged(-1);
    };
    making.then((pipeProducer) => {
      this.#far.set(key, pipeProducer);
      if (pipeProducer.closed) forget();
      else pipeProducer.observer.once('close', forget);
    }, forget);
    return making;
  }

  async #pipe(producer: types.Producer, origin: types.Router, target: types.Router): Promise<types.Producer> {
    let pipeConsumer: types.Consumer | undefined;
    let pipeProducer: types.Producer | undefined;
    try {
      const { transports } = await this.#pair(origin, target);
      const near = transports.get(origin.id)!;
      const far = transports.get(target.id)!;
      pipeConsumer = await near.consume({ producerId: producer.id });
      pipeProducer = await far.produce({
        id: producer.id,
        kind: pipeConsumer.kind,
        rtpParameters: pipeConsumer.rtpParameters,
        paused: pipeConsumer.producerPaused,
        keyFrameRequestDelay: sfuLimits.keyFrameRequestDelayMs,
      });
      this.#mirror(pipeConsumer, pipeProducer);
      // The producer may have changed while the worker answered; the events of that time had no listener yet.
      if (producer.closed || pipeConsumer.closed || pipeProducer.closed) throw sfuError('SFU_NOT_FOUND');
      if (pipeProducer.paused !== producer.paused) await setPaused(pipeProducer, producer.paused);
      return pipeProducer;
    } catch (cause) {
      pipeConsumer?.close();
      pipeProducer?.close();
      if (producer.closed && !origin.closed) throw sfuError('SFU_NOT_FOUND', { cause });
      throw sfuError('SFU_WORKER_LOST', { cause });
    }
  }

  #mirror(pipeConsumer: types.Consumer, pipeProducer: types.Producer): void {
    pipeConsumer.observer.once('close', () => pipeProducer.close());
    pipeProducer.observer.once('close', () => pipeConsumer.close());
    const mirrorPause = (isPaused: boolean) => () => {
      setPaused(pipeProducer, isPaused).catch((error: unknown) => {
        if (pipeProducer.closed) return;
        this.#logger.warn({ error, producerId: pipeProducer.id }, 'pipe out of step, closing it');
        pipeProducer.close();
      });
    };
    pipeConsumer.observer.on('pause', mirrorPause(true));
    pipeConsumer.observer.on('resume', mirrorPause(false));
  }

  #pair(one: types.Router, other: types.Router): Promise<PipePair> {
    const key = [one.id, other.id].sort().join('|');
    const existing = this.#pairs.get(key);
    if (existing !== undefined) return existing;
    const making = this.#connectPair(one, other);
    this.#pairs.set(key, making);
    const forget = (): void => {
      if (this.#pairs.get(key) === making) this.#pairs.delete(key);
    };
    making.then(({ transports }) => {
      for (const transport of transports.values()) {
        if (transport.closed) forget();
        else transport.observer.once('close', forget);
      }
    }, forget);
    return making;
  }

  async #connectPair(one: types.Router, other: types.Router): Promise<PipePair> {
    // All settled, so that the half that worked is closed when the other half failed.
    const halves = await Promise.allSettled([one, other].map((router) => this.#half(router)));
    const made = halves.flatMap((half) => (half.status === 'fulfilled' ? [half.value] : []));
    const [a, b] = made;
    try {
      if (a === undefined || b === undefined) throw halves.find((half) => half.status === 'rejected')?.reason;
      await Promise.all([connect(a, b), connect(b, a)]);
      if (a.closed || b.closed) throw sfuError('SFU_WORKER_LOST');
      a.observer.once('close', () => b.close());
      b.observer.once('close', () => a.close());
    } catch (cause) {
      for (const half of made) half.close();
      throw cause;
    }
    return {
      transports: new Map([
        [one.id, a],
        [other.id, b],
      ]),
    };
  }

  #half(router: types.Router): Promise<types.PipeTransport> {
    // Loopback loses nothing and is read by nobody else: neither RTX nor SRTP.
    return router.createPipeTransport({
      listenInfo: {
        protocol: 'udp',
        ip: this.#listenIp,
        portRange: { min: sfuLimits.internalPortMin, max: sfuLimits.internalPortMax },
      },
    });
  }
}

function connect(from: types.PipeTransport, to: types.PipeTransport): Promise<void> {
  return from.connect({ ip: to.tuple.localAddress, port: to.tuple.localPort });
}

function setPaused(producer: types.Producer, isPaused: boolean): Promise<void> {
  return isPaused ? producer.pause() : producer.resume();
}
