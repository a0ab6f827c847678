/** The media of one join: a device, both directions, and what they need from the roster. Replaced whole on a rejoin. */
import { Device, type types } from 'mediasoup-client';
import type { MediaSource, StageReplies } from '../../../src/signaling/protocol/index.ts';
import { type MediaContext } from './media-link.ts';
import { type PeerStreams } from './peer-streams.ts';
import { RecvSide, type RemoteProducer } from './recv-side.ts';
import { receivedProducers, type Roster } from './roster.ts';
import { SendSide, type WantedSource } from './send-side.ts';
import { type LinkHealth } from './stage-status.ts';

export interface MediaSessionOptions extends Omit<MediaContext, 'device'> {
  readonly streams: PeerStreams;
  readonly onRefused: (source: MediaSource, error: Error) => void;
  readonly onHealth: (direction: 'send' | 'recv', health: LinkHealth) => void;
}

export class MediaSession {
  readonly send: SendSide;
  readonly recv: RecvSide;

  private constructor(context: MediaContext, options: MediaSessionOptions) {
    const { streams, onRefused, onHealth } = options;
    this.send = new SendSide(context, { onRefused, onHealth: (health) => onHealth('send', health) });
    this.recv = new RecvSide(context, {
      onTrack: (producer, track) => streams.add(producer, track),
      onTrackGone: (producer) => streams.remove(producer),
      onHealth: (health) => onHealth('recv', health),
    });
  }

  /** @throws when this browser has no WebRTC that mediasoup-client knows. */
  static async create(reply: StageReplies['join'], options: MediaSessionOptions): Promise<MediaSession> {
    const device = await Device.factory();
    const routerRtpCapabilities = reply.routerRtpCapabilities as unknown as types.RtpCapabilities;
    await device.load({ routerRtpCapabilities });
    const { signaling, scheduler, isRelayOnly, giveUp } = options;
    return new MediaSession({ device, signaling, scheduler, isRelayOnly, giveUp }, options);
  }

  setSources(wanted: ReadonlyMap<MediaSource, WantedSource>): void {
    for (const [source, sourceWanted] of wanted) this.send.set(source, sourceWanted);
  }

  setRoster(roster: Roster): void {
    const remote = roster.peers.flatMap((peer) =>
      receivedProducers(peer).map(({ producerId, source }): RemoteProducer => {
        return { peerId: peer.peerId, producerId, source };
      }),
    );
    this.recv.setProducers(remote);
  }

  onServerTransportClosed(transportId: string): void {
    for (const side of [this.send, this.recv]) if (side.link.onServerClosed(transportId)) return;
  }

  suspend(): void {
    this.send.link.suspend();
    this.recv.link.suspend();
  }

  resume(): void {
    this.send.link.resume();
    this.recv.link.resume();
  }

  /** Idempotent. */
  close(): void {
    this.send.close();
    this.recv.close();
  }
}
