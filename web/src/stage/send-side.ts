/** What one sends: a producer for each source that is wanted, kept in step with tracks and mute, across rebuilds. */
import { type types } from 'mediasoup-client';
import type { MediaSource, WireRtpParameters } from '../../../src/signaling/protocol/index.ts';
import { ApiError } from '../lib/api-error.ts';
import { MediaLink, type MediaContext } from './media-link.ts';
import { isGone } from './refusal.ts';
import { sendLayersUpTo } from './sent-layers.ts';
import { SerialTasks } from './serial-tasks.ts';
import { encodingOf } from './simulcast.ts';
import { type LinkHealth } from './stage-status.ts';

export interface WantedSource {
  readonly track: MediaStreamTrack | undefined;
  readonly isPaused: boolean;
}

export interface SendSideHooks {
  /** The server refuses this source; nothing is sent from it until it changes. */
  onRefused(source: MediaSource, error: Error): void;
  onHealth(health: LinkHealth): void;
}

export class SendSide {
  readonly #context: MediaContext;
  readonly #hooks: SendSideHooks;
  readonly #wanted = new Map<MediaSource, WantedSource>();
  readonly #producers = new Map<MediaSource, types.Producer>();
  readonly #tasks = new SerialTasks();
  readonly #link: MediaLink;
  #isClosed = false;

  constructor(context: MediaContext, hooks: SendSideHooks) {
    this.#context = context;
    this.#hooks = hooks;
    this.#link = new MediaLink(context, 'send', {
      isNeeded: () => [...this.#wanted.values()].some(({ track }) => track?.readyState === 'live'),
      onTransport: (transport) => this.#fill(transport),
      onHealth: (health) => hooks.onHealth(health),
    });
  }

  get link(): MediaLink {
    return this.#link;
  }

  /** Says what to send from `source` from now on. Failures are reported through the hooks, or end in a rejoin. */
  set(source: MediaSource, wanted: WantedSource): void {
    this.#wanted.set(source, wanted);
    if (this.#link.transport === undefined) this.#link.ensureOpen();
    else void this.#tasks.run(() => this.#applyOrReport(source));
  }

  /** Others want more or less of what is sent: 0 the smallest layer, null for none. */
  onLayersWanted(producerId: string, spatialLayer: number | null): void {
    const sender = [...this.#producers.values()].find((producer) => producer.id === producerId)?.rtpSender;
    // What is refused is sent in full: more than is needed, and nothing is missing.
    if (sender !== undefined) void this.#tasks.run(() => sendLayersUpTo(sender, spatialLayer)).catch(() => undefined);
  }

  /** The server closed everything that was sent: what is wanted is produced anew, on the same transport. */
  produceAgain(): void {
    if (this.#link.transport === undefined) return;
    void this.#tasks.run(async () => {
      for (const producer of this.#producers.values()) producer.close();
      this.#producers.clear();
      for (const source of this.#wanted.keys()) await this.#applyOrReport(source);
    });
  }

  /** Idempotent; tracks belong to LocalMedia and are left running. */
  close(): void {
    this.#isClosed = true;
    this.#link.close();
    this.#producers.clear();
  }

  /** On a new transport everything wanted is produced again; the old producers ended with the old transport. */
  #fill(transport: types.Transport): Promise<void> {
    transport.on('produce', ({ kind, rtpParameters, appData }, done, fail) => {
      const { source, paused } = appData as { source: MediaSource; paused: boolean };
      const wire = rtpParameters as unknown as WireRtpParameters;
      this.#context.signaling
        .request('produce', { transportId: transport.id, kind, source, rtpParameters: wire, paused })
        .then(({ producerId }) => done({ id: producerId }), fail);
    });
    return this.#tasks.run(async () => {
      this.#producers.clear();
      for (const source of this.#wanted.keys()) await this.#applyOrReport(source);
    });
  }

  async #applyOrReport(source: MediaSource): Promise<void> {
    try {
      await this.#apply(source);
    } catch (thrown) {
      // Closed under us: whoever closed it makes a new one and fills it.
      if (this.#isClosed || this.#link.transport === undefined) return;
      // A request without an answer leaves both sides with different ideas: start over.
      if (thrown instanceof ApiError && thrown.code === 'WEB_NETWORK') this.#context.giveUp();
      else this.#hooks.onRefused(source, thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  }

  async #apply(source: MediaSource): Promise<void> {
    const transport = this.#link.transport;
    const wanted = this.#wanted.get(source);
    if (this.#isClosed || wanted === undefined || transport === undefined) return;
    const producer = this.#producers.get(source);
    // Ended with its transport: filling the new one replaces it.
    if (producer?.closed === true) return;
    if (wanted.track?.readyState !== 'live') {
      if (producer === undefined) return;
      this.#producers.delete(source);
      producer.close();
      return this.#endOnServer(producer.id);
    }
    if (producer === undefined) return this.#produce(transport, source, wanted.track, wanted.isPaused);
    if (producer.track !== wanted.track) await producer.replaceTrack({ track: wanted.track });
    await this.#applyPause(producer, wanted.isPaused);
  }

  async #produce(
    transport: types.Transport,
    source: MediaSource,
    track: MediaStreamTrack,
    paused: boolean,
  ): Promise<void> {
    const codec = this.#context.device.sendRtpCapabilities.codecs?.find(
      ({ mimeType }) => mimeType.toLowerCase() === 'video/vp8',
    );
    const { encodings, codecOptions } = encodingOf[source];
    const producer = await transport.produce({
      track,
      stopTracks: false,
      appData: { source, paused },
      codecOptions,
      ...(encodings === undefined ? {} : { encodings: encodings.map((encoding) => ({ ...encoding })) }),
      ...(encodings === undefined || codec === undefined ? {} : { codec }),
    });
    this.#producers.set(source, producer);
    if (paused) producer.pause();
  }

  async #applyPause(producer: types.Producer, isPaused: boolean): Promise<void> {
    if (producer.paused === isPaused) return;
    const { signaling } = this.#context;
    // Silence first, tell second; and the other way round, tell first, so that nobody is heard while shown muted.
    if (isPaused) {
      producer.pause();
      await signaling.request('pauseProducer', { producerId: producer.id });
    } else {
      await signaling.request('resumeProducer', { producerId: producer.id });
      producer.resume();
    }
  }

  async #endOnServer(producerId: string): Promise<void> {
    try {
      await this.#context.signaling.request('closeProducer', { producerId });
    } catch (thrown) {
      // Gone already, with its transport: what was wanted.
      if (!(thrown instanceof ApiError && isGone(thrown.code))) throw thrown;
    }
  }
}
