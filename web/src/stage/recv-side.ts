/** What one receives: a consumer for each producer of the others, again after every loss. */
import { type types } from 'mediasoup-client';
import type { MediaSource, WireRtpCapabilities } from '../../../src/signaling/protocol/index.ts';
import { ApiError } from '../lib/api-error.ts';
import { backoffDelayMs, stageBackoff } from '../lib/backoff.ts';
import { type Timer } from '../lib/scheduler.ts';
import { MediaLink, type MediaContext } from './media-link.ts';
import { isGone } from './refusal.ts';
import { streamIdOf } from './roster.ts';
import { SerialTasks } from './serial-tasks.ts';
import { type LinkHealth } from './stage-status.ts';

const maxConsumeAttempts = 5;
const tileDelayMs = 200;

export interface RemoteProducer {
  readonly peerId: string;
  readonly producerId: string;
  readonly source: MediaSource;
}

export interface RecvSideHooks {
  onTrack(producer: RemoteProducer, track: MediaStreamTrack): void;
  onTrackGone(producer: RemoteProducer): void;
  onHealth(health: LinkHealth): void;
}

export class RecvSide {
  readonly #context: MediaContext;
  readonly #hooks: RecvSideHooks;
  readonly #wanted = new Map<string, RemoteProducer>();
  readonly #consumers = new Map<string, types.Consumer>();
  readonly #retries = new Map<string, Timer>();
  readonly #tasks = new SerialTasks();
  readonly #link: MediaLink;
  readonly #tileHeights = new Map<string, number | null>();
  readonly #changedTiles = new Set<string>();
  #tileTimer: Timer | undefined;
  #isClosed = false;

  constructor(context: MediaContext, hooks: RecvSideHooks) {
    this.#context = context;
    this.#hooks = hooks;
    this.#link = new MediaLink(context, 'recv', {
      isNeeded: () => this.#wanted.size > 0,
      onTransport: () => this.#refill(),
      onHealth: (health) => hooks.onHealth(health),
    });
  }

  get link(): MediaLink {
    return this.#link;
  }

  /** Consumes exactly these producers from now on. Failures are retried here; see `#consumeOrRetry`. */
  setProducers(producers: readonly RemoteProducer[]): void {
    const byId = new Map(producers.map((producer) => [producer.producerId, producer]));
    for (const producerId of [...this.#wanted.keys()]) if (!byId.has(producerId)) this.#drop(producerId);
    for (const [producerId, producer] of byId) {
      if (this.#wanted.has(producerId)) continue;
      this.#wanted.set(producerId, producer);
      if (this.#link.transport !== undefined) this.#consumeOrRetry(producerId, 0);
    }
    this.#link.ensureOpen();
  }

  /** How high somebody's camera is shown, in pixels of the screen; null while it is not on it. */
  setTile(peerId: string, heightPx: number | null): void {
    this.#tileHeights.set(peerId, heightPx);
    this.#changedTiles.add(peerId);
    // A window that is dragged changes every tile many times a second.
    this.#tileTimer ??= this.#context.scheduler.schedule(tileDelayMs, () => this.#tellTiles());
  }

  /** The server closed a consumer whose producer may still be there. */
  onConsumerClosed(consumerId: string): void {
    for (const [producerId, consumer] of this.#consumers) {
      if (consumer.id !== consumerId) continue;
      this.#forgetConsumer(producerId);
      this.#retryLater(producerId, 0);
    }
  }

  /** Idempotent. */
  close(): void {
    this.#tileTimer?.cancel();
    this.#isClosed = true;
    for (const producerId of [...this.#wanted.keys()]) this.#drop(producerId);
    this.#link.close();
  }

  async #refill(): Promise<void> {
    for (const producerId of [...this.#consumers.keys()]) this.#forgetConsumer(producerId);
    for (const producerId of this.#wanted.keys()) this.#consumeOrRetry(producerId, 0);
  }

  #drop(producerId: string): void {
    this.#retries.get(producerId)?.cancel();
    this.#retries.delete(producerId);
    this.#forgetConsumer(producerId);
    this.#wanted.delete(producerId);
  }

  #forgetConsumer(producerId: string): void {
    const consumer = this.#consumers.get(producerId);
    const producer = this.#wanted.get(producerId);
    if (consumer === undefined) return;
    this.#consumers.delete(producerId);
    consumer.close();
    if (producer !== undefined) this.#hooks.onTrackGone(producer);
  }

  #consumeOrRetry(producerId: string, attempt: number): void {
    this.#tasks
      .run(() => this.#consume(producerId))
      .catch((thrown: unknown) => {
        // The producer ended while we asked: its `producerClosed` is under way.
        if (thrown instanceof ApiError && isGone(thrown.code)) return;
        this.#retryLater(producerId, attempt);
      });
  }

  /** After the last attempt the peer stays silent to us until the transport is rebuilt or they publish anew. */
  #retryLater(producerId: string, attempt: number): void {
    if (this.#isClosed || !this.#wanted.has(producerId) || attempt >= maxConsumeAttempts) return;
    const delayMs = backoffDelayMs(stageBackoff, attempt, Math.random());
    const timer = this.#context.scheduler.schedule(delayMs, () => this.#consumeOrRetry(producerId, attempt + 1));
    this.#retries.get(producerId)?.cancel();
    this.#retries.set(producerId, timer);
  }

  async #consume(producerId: string): Promise<void> {
    const { signaling, device } = this.#context;
    const transport = this.#link.transport;
    const producer = this.#wanted.get(producerId);
    if (transport === undefined || producer === undefined || this.#consumers.has(producerId)) return;
    const isMoot = (): boolean => transport.closed || this.#isClosed || this.#wanted.get(producerId) !== producer;
    if (isMoot()) return;
    const rtpCapabilities = device.recvRtpCapabilities as unknown as WireRtpCapabilities;
    const reply = await signaling.request('consume', { producerId, rtpCapabilities });
    if (isMoot()) return;
    const consumer = await transport.consume({
      id: reply.consumerId,
      producerId,
      kind: reply.kind,
      rtpParameters: reply.rtpParameters as unknown as types.RtpParameters,
      streamId: streamIdOf(producer),
    });
    if (isMoot()) return consumer.close();
    this.#consumers.set(producerId, consumer);
    this.#hooks.onTrack(producer, consumer.track);
    const heightPx = producer.source === 'camera' ? this.#tileHeights.get(producer.peerId) : undefined;
    try {
      if (heightPx === undefined) await signaling.request('resumeConsumer', { consumerId: consumer.id });
      else await signaling.request('setTile', { consumerId: consumer.id, heightPx });
    } catch (thrown) {
      // A consumer that stays paused would look like a frozen peer: start over.
      this.#forgetConsumer(producerId);
      throw thrown;
    }
  }

  #tellTiles(): void {
    this.#tileTimer = undefined;
    for (const [producerId, consumer] of this.#consumers) {
      const producer = this.#wanted.get(producerId);
      if (producer?.source !== 'camera' || !this.#changedTiles.has(producer.peerId)) continue;
      const heightPx = this.#tileHeights.get(producer.peerId) ?? null;
      // A wish, not a need: without it the server sends what the bandwidth carries.
      void this.#context.signaling.request('setTile', { consumerId: consumer.id, heightPx }).catch(() => undefined);
    }
    this.#changedTiles.clear();
  }
}
