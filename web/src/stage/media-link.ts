/** One WebRTC transport of the stage, in either direction: made when first needed, connected, recovered, replaced. */
import { type Device, type types } from 'mediasoup-client';
import type { IceServer, StageReplies, WireDtlsParameters } from '../../../src/signaling/protocol/index.ts';
import { type Scheduler } from '../lib/scheduler.ts';
import { type SignalingClient } from './signaling-client.ts';
import { type LinkHealth } from './stage-status.ts';
import { TransportRecovery } from './transport-recovery.ts';

export interface MediaContext {
  readonly device: Device;
  readonly signaling: Pick<SignalingClient, 'request'>;
  readonly scheduler: Scheduler;
  /** For testing a network: media only through the TURN server. */
  readonly isRelayOnly: boolean;
  /** Recovery has run out of means: leave and join again. */
  readonly giveUp: () => void;
}

export interface MediaLinkHooks {
  /** True while there is something to carry. The server ends transports that are made and not used. */
  isNeeded(): boolean;
  /** A new transport stands: fill it. */
  onTransport(transport: types.Transport): Promise<void>;
  onHealth(health: LinkHealth): void;
}

export class MediaLink {
  readonly #context: MediaContext;
  readonly #direction: 'send' | 'recv';
  readonly #hooks: MediaLinkHooks;
  readonly #recovery: TransportRecovery;
  #transport: types.Transport | undefined;
  #isOpening = false;
  #isClosed = false;

  constructor(context: MediaContext, direction: 'send' | 'recv', hooks: MediaLinkHooks) {
    this.#context = context;
    this.#direction = direction;
    this.#hooks = hooks;
    this.#recovery = new TransportRecovery(context.scheduler, {
      restartIce: () => this.#restartIce(),
      rebuild: () => this.#open(),
      giveUp: context.giveUp,
      onHealth: (health) => hooks.onHealth(health),
    });
  }

  /** The transport that carries media now; undefined while there is none. */
  get transport(): types.Transport | undefined {
    return this.#transport?.closed === false ? this.#transport : undefined;
  }

  /** Makes the transport if it is needed and there is none; failures go to the recovery. */
  ensureOpen(): void {
    const isUnderWay = this.#isOpening || this.#transport !== undefined || this.#recovery.isRecovering;
    if (this.#isClosed || isUnderWay || !this.#hooks.isNeeded()) return;
    this.#isOpening = true;
    this.#open()
      .catch(() => this.#recovery.onMissing())
      .finally(() => (this.#isOpening = false));
  }

  /** @returns true when the closed transport was this one. */
  onServerClosed(transportId: string): boolean {
    if (this.#transport?.id !== transportId) return false;
    this.#transport.close();
    if (this.#hooks.isNeeded()) {
      this.#recovery.onMissing();
    } else {
      this.#transport = undefined;
      this.#recovery.reset();
    }
    return true;
  }

  /** Stops recovering while signaling is down. Media flows on if it can. */
  suspend(): void {
    this.#recovery.suspend();
  }

  /** Signaling is back, and the server knows the transport still. */
  resume(): void {
    this.#recovery.resume(this.transport?.connectionState);
    this.ensureOpen();
  }

  /** Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#recovery.close();
    this.#transport?.close();
  }

  async #open(): Promise<void> {
    const { signaling, device, isRelayOnly } = this.#context;
    this.#transport?.close();
    const reply = await signaling.request('createTransport', { direction: this.#direction });
    if (this.#isClosed) return;
    const options = {
      ...transportOptions(reply),
      iceServers: toRtcIceServers(reply.iceServers),
      iceTransportPolicy: isRelayOnly ? ('relay' as const) : ('all' as const),
    };
    const transport =
      this.#direction === 'send' ? device.createSendTransport(options) : device.createRecvTransport(options);
    this.#transport = transport;
    transport.on('connect', ({ dtlsParameters }, done, fail) => {
      const request = { transportId: transport.id, dtlsParameters: dtlsParameters as WireDtlsParameters };
      signaling.request('connectTransport', request).then(() => done(), fail);
    });
    transport.on('connectionstatechange', (state) => {
      if (this.#transport === transport) this.#recovery.onConnectionState(state);
    });
    await this.#hooks.onTransport(transport);
  }

  async #restartIce(): Promise<void> {
    const transport = this.transport;
    if (transport === undefined) return;
    const reply = await this.#context.signaling.request('restartIce', { transportId: transport.id });
    if (transport.closed) return;
    // First: a restart gathers anew, and what the transport was made with may have run out.
    await transport.updateIceServers({ iceServers: toRtcIceServers(reply.iceServers) });
    await transport.restartIce({ iceParameters: reply.iceParameters as unknown as types.IceParameters });
  }
}

/** Writable copies, as WebRTC is typed. */
function toRtcIceServers(iceServers: readonly IceServer[]) {
  return iceServers.map((server) => ({ ...server, urls: [...server.urls] }));
}

/** The media server's words, opaque to the protocol, as mediasoup-client types them. */
function transportOptions(reply: StageReplies['createTransport']): types.TransportOptions {
  return {
    id: reply.transportId,
    iceParameters: reply.iceParameters as unknown as types.IceParameters,
    iceCandidates: reply.iceCandidates as unknown as types.IceCandidate[],
    dtlsParameters: reply.dtlsParameters as unknown as types.DtlsParameters,
  };
}
