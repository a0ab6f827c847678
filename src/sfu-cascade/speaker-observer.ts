/** Listens to every microphone of a webinar on its home router and says who speaks. */
import { type types } from 'mediasoup';
import { sfuLimits } from './limits.ts';
import { SpeakerState } from './speaker-state.ts';

export class SpeakerObserver {
  readonly #activeSpeaker: types.ActiveSpeakerObserver;
  readonly #audioLevel: types.AudioLevelObserver;
  readonly #state: SpeakerState;
  readonly #peerByProducer = new Map<string, string>();

  /** Lives and ends with `router`. */
  static async create(
    router: types.Router,
    onSpeaker: (peerId: string | null) => void,
    maxPeers: number,
  ): Promise<SpeakerObserver> {
    const activeSpeaker = await router.createActiveSpeakerObserver({ interval: sfuLimits.activeSpeakerIntervalMs });
    const audioLevel = await router.createAudioLevelObserver({
      interval: sfuLimits.audioLevelIntervalMs,
      threshold: sfuLimits.audioLevelThresholdDb,
      maxEntries: maxPeers,
    });
    return new SpeakerObserver(activeSpeaker, audioLevel, onSpeaker);
  }

  private constructor(
    activeSpeaker: types.ActiveSpeakerObserver,
    audioLevel: types.AudioLevelObserver,
    onSpeaker: (peerId: string | null) => void,
  ) {
    this.#activeSpeaker = activeSpeaker;
    this.#audioLevel = audioLevel;
    this.#state = new SpeakerState(onSpeaker);
    activeSpeaker.on('dominantspeaker', ({ producer }) => {
      const peerId = this.#peerByProducer.get(producer.id);
      if (peerId !== undefined) this.#state.dominant(peerId);
    });
    audioLevel.on('volumes', (volumes) =>
      this.#state.heard(volumes.flatMap(({ producer }) => this.#peerByProducer.get(producer.id) ?? [])),
    );
    audioLevel.on('silence', () => this.#state.silence());
  }

  get speakerPeerId(): string | null {
    return this.#state.speakerPeerId;
  }

  has(producerId: string): boolean {
    return this.#peerByProducer.has(producerId);
  }

  /** The producer must be on the home router already (by its own or through a pipe). */
  async add(producerId: string, peerId: string): Promise<void> {
    this.#peerByProducer.set(producerId, peerId);
    try {
      await this.#activeSpeaker.addProducer({ producerId });
      await this.#audioLevel.addProducer({ producerId });
    } catch (error) {
      this.#peerByProducer.delete(producerId);
      throw error;
    }
  }

  /** A producer that closed leaves mediasoup's observers by itself. */
  forget(producerId: string): void {
    const peerId = this.#peerByProducer.get(producerId);
    this.#peerByProducer.delete(producerId);
    if (peerId !== undefined) this.#state.removed(peerId);
  }

  paused(producerId: string): void {
    const peerId = this.#peerByProducer.get(producerId);
    if (peerId !== undefined) this.#state.removed(peerId);
  }
}
