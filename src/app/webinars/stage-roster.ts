/** Who is on each stage and what they send, as signaling tells it: for the mixer's tiles and the recording's list. */
import { type Clock } from '../../core/clock.ts';
import { type MixerParticipant } from '../../mixer/index.ts';
import { type RecordedEvent } from '../../recording/index.ts';
import { type ProducerInfo, type Role } from '../../signaling/protocol/index.ts';
import { type PeerRef, type StageListener } from '../../signaling/index.ts';

type ParticipantsListener = (participants: readonly MixerParticipant[]) => void;
type PresenceEvent = Extract<RecordedEvent, { type: 'participantJoined' | 'participantLeft' }>;

interface OnStage {
  readonly displayName: string;
  readonly title: string | undefined;
  readonly role: Role;
  readonly audioChannelId: string | undefined;
  /** Producers that send, by source. */
  readonly sending: Map<string, ProducerInfo['source']>;
}

export class StageRoster implements StageListener {
  readonly #clock: Clock;
  /** Peers by webinar, in join order. */
  readonly #stages = new Map<string, Map<string, OnStage>>();
  readonly #watchers = new Map<string, Set<ParticipantsListener>>();
  readonly #presenceWatchers = new Map<string, Set<(event: PresenceEvent) => void>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** True for those whom viewers can see: not for interpreters. */
  isOnStage(webinarId: string, peerId: string): boolean {
    const peer = this.#stages.get(webinarId)?.get(peerId);
    return peer !== undefined && peer.audioChannelId === undefined;
  }

  /** As viewers see it; undefined for who is not there. */
  nameOf(webinarId: string, peerId: string): string | undefined {
    return this.#stages.get(webinarId)?.get(peerId)?.displayName;
  }

  /** Interpreters are heard on their own channel and are never the speaker of the floor. */
  isInterpreter(peer: PeerRef): boolean {
    return this.#stages.get(peer.webinarId)?.get(peer.peerId)?.audioChannelId !== undefined;
  }

  /** Calls back at once with the present state, then on each change. Returns the function that ends it. */
  watch(webinarId: string, listener: ParticipantsListener): () => void {
    listener(this.#participants(webinarId));
    return subscribe(this.#watchers, webinarId, listener);
  }

  /** Calls back at once for everybody present, then for each join and leave. */
  onPresence(webinarId: string, listener: (event: PresenceEvent) => void): () => void {
    for (const [peerId, peer] of this.#stages.get(webinarId) ?? []) listener(this.#joined(peerId, peer));
    return subscribe(this.#presenceWatchers, webinarId, listener);
  }

  peerJoined(peer: Parameters<StageListener['peerJoined']>[0]): void {
    const stage = this.#stages.get(peer.webinarId) ?? new Map<string, OnStage>();
    this.#stages.set(peer.webinarId, stage);
    const onStage = {
      displayName: peer.displayName,
      title: peer.title,
      role: peer.role,
      audioChannelId: peer.audioChannelId,
      sending: new Map<string, ProducerInfo['source']>(),
    };
    stage.set(peer.peerId, onStage);
    this.#tell(peer.webinarId, this.#joined(peer.peerId, onStage));
  }

  peerLeft(peer: PeerRef): void {
    const stage = this.#stages.get(peer.webinarId);
    if (stage?.delete(peer.peerId) !== true) return;
    if (stage.size === 0) this.#stages.delete(peer.webinarId);
    this.#tell(peer.webinarId, { type: 'participantLeft', atMs: this.#clock.wallMs(), participantId: peer.peerId });
  }

  orderChanged(webinarId: string, peerIds: readonly string[]): void {
    const stage = this.#stages.get(webinarId);
    if (stage === undefined) return;
    for (const peerId of peerIds) {
      const peer = stage.get(peerId);
      // To the end, one after the other: that is the order then.
      if (peer !== undefined && stage.delete(peerId)) stage.set(peerId, peer);
    }
    this.#tell(webinarId);
  }

  producerAdded(peer: PeerRef, producer: ProducerInfo): void {
    this.#setSending(peer, producer, !producer.paused);
  }

  producerPaused(peer: PeerRef, producer: ProducerInfo): void {
    this.#setSending(peer, producer, false);
  }

  producerResumed(peer: PeerRef, producer: ProducerInfo): void {
    this.#setSending(peer, producer, true);
  }

  producerClosed(peer: PeerRef, producer: ProducerInfo): void {
    this.#setSending(peer, producer, false);
  }

  #setSending(peer: PeerRef, producer: ProducerInfo, isSending: boolean): void {
    const onStage = this.#stages.get(peer.webinarId)?.get(peer.peerId);
    if (onStage === undefined) return;
    if (isSending) onStage.sending.set(producer.producerId, producer.source);
    else onStage.sending.delete(producer.producerId);
    this.#tell(peer.webinarId);
  }

  #tell(webinarId: string, presence?: PresenceEvent): void {
    const participants = this.#participants(webinarId);
    for (const listener of this.#watchers.get(webinarId) ?? []) listener(participants);
    if (presence === undefined) return;
    for (const listener of this.#presenceWatchers.get(webinarId) ?? []) listener(presence);
  }

  #participants(webinarId: string): MixerParticipant[] {
    return [...(this.#stages.get(webinarId) ?? [])].map(
      ([participantId, { displayName, title, audioChannelId, sending }]) => {
        const sources = [...sending.values()];
        return {
          participantId,
          displayName,
          title,
          isMicrophoneOn: sources.includes('microphone'),
          isCameraOn: sources.includes('camera'),
          isScreenOn: sources.includes('screen'),
          audioChannelId,
        };
      },
    );
  }

  #joined(participantId: string, { displayName, role }: OnStage): PresenceEvent {
    return { type: 'participantJoined', atMs: this.#clock.wallMs(), participantId, displayName, role };
  }
}

function subscribe<Listener>(listeners: Map<string, Set<Listener>>, key: string, listener: Listener): () => void {
  const set = listeners.get(key) ?? new Set();
  listeners.set(key, set);
  set.add(listener);
  return () => {
    set.delete(listener);
    if (set.size === 0) listeners.delete(key);
  };
}
