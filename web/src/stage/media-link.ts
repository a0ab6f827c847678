/** One WebRTC transport of the stage, in either direction: made, connected, recovered, replaced. */
import { type Device, type types } from 'mediasoup-client';
import type { IceServer, StageReplies, WireDtlsParameters } from '../../../src/signaling/protocol/index.ts';
import { type Scheduler } from '../lib/scheduler.ts';
import { type SignalingClient } from './signaling-client.ts';
import { type LinkHealth } from './stage-status.ts';
import { TransportRecovery } from './transport-recovery.ts';

export interface MediaContext {
  readonly device: Device;
  readonly signaling: SignalingClient;
  readonly scheduler: Scheduler;
  readonly iceServers: readonly IceServer[];
  /** For testing a network: media only through the TURN server. */
  readonly isRelayOnly: boolean;
  /** Recovery has run out of means: leave and join again. */
  readonly giveUp: () => void;
}

export interface MediaLinkHooks {
  /** A new transport stands: fill it. A rejection makes the recovery try again. */
  onTransport(transport: types.Transport): Promise<void>;
  onHealth(health: LinkHealth): void;
}

export class MediaLink {
  readonly #context: MediaContext;
  readonly #direction: 'send' | 'recv';
  readonly #hooks: MediaLinkHooks;
  readonly #recovery: TransportRecovery;
  #transport: types.Transport | undefined;
  #isClosed = false;

  constructor(context: MediaContext, direction: 'send' | 'recv', hooks: MediaLinkHooks) {
    this.#context = context;
    this.#direction = direction;
    this.#hooks = hooks;
    this.#recovery = new TransportRecovery(context.scheduler, {
      restartIce: () => this.#restartIce(),
      rebuild: () => this.open(),
      giveUp: context.giveUp,
      onHealth: (health) => hooks.onHealth(health),
    });
  }

  get transport(): types.Transport | undefined {
    return this.#transport;
  }

  /** Makes the transport, replacing an earlier one. @throws ApiError */
  async open(): Promise<void> {
    this.#transport?.close();
    const { signaling, device, iceServers, isRelayOnly } = this.#context;
    const reply = await signaling.request('createTransport', { direction: this.#direction });
    if (this.#isClosed) return;
    const options = {
      ...transportOptions(reply),
      iceServers: iceServers.map((server) => ({ ...server, urls: [...server.urls] })),
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

  /** @returns true when the closed transport was this one. */
  onServerClosed(transportId: string): boolean {
    if (this.#transport?.id !== transportId) return false;
    this.#recovery.onServerClosed();
    return true;
  }

  /** Stops recovering while signaling is down: the rejoin replaces everything anyway. Media flows on if it can. */
  suspend(): void {
    this.#recovery.close();
  }

  /** Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#recovery.close();
    this.#transport?.close();
  }

  async #restartIce(): Promise<void> {
    const transport = this.#transport;
    if (transport === undefined) return;
    const reply = await this.#context.signaling.request('restartIce', { transportId: transport.id });
    if (transport.closed) return;
    await transport.restartIce({ iceParameters: reply.iceParameters as unknown as types.IceParameters });
  }
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
