/**
 * Who speaks, from two sources that each lack something: mediasoup's ActiveSpeakerObserver has hysteresis but names a
 * speaker even when nobody makes a sound and never names one twice; AudioLevelObserver knows sound from silence. Pure.
 */

/** Reports without the dominant speaker's voice, while another is heard, before the loudest takes over. */
const absentReportsBeforeTakeover = 3;

export class SpeakerState {
  readonly #onChange: (peerId: string | null) => void;
  #dominantPeerId: string | null = null;
  #announcedPeerId: string | null = null;
  #isSilent = true;
  #absentReportCount = 0;

  constructor(onChange: (peerId: string | null) => void) {
    this.#onChange = onChange;
  }

  get speakerPeerId(): string | null {
    return this.#announcedPeerId;
  }

  /** The dominant speaker changed; announced only while there is sound. */
  dominant(peerId: string): void {
    this.#dominantPeerId = peerId;
    this.#absentReportCount = 0;
    if (!this.#isSilent) this.#announce(peerId);
  }

  /** Peers heard in the last interval, loudest first; never empty. */
  heard(peerIds: readonly string[]): void {
    const loudest = peerIds[0];
    if (loudest === undefined) return;
    const isDominantHeard = this.#dominantPeerId !== null && peerIds.includes(this.#dominantPeerId);
    this.#absentReportCount = isDominantHeard ? 0 : this.#absentReportCount + 1;
    const isTakeover = this.#isSilent || this.#absentReportCount >= absentReportsBeforeTakeover;
    this.#isSilent = false;
    if (isDominantHeard) this.#announce(this.#dominantPeerId);
    else if (isTakeover && !peerIds.includes(this.#announcedPeerId ?? '')) this.#announce(loudest);
  }

  silence(): void {
    this.#isSilent = true;
    this.#absentReportCount = 0;
    this.#announce(null);
  }

  /** The peer's microphone is gone or paused. */
  removed(peerId: string): void {
    if (this.#dominantPeerId === peerId) this.#dominantPeerId = null;
    if (this.#announcedPeerId === peerId) this.#announce(null);
  }

  #announce(peerId: string | null): void {
    if (peerId === this.#announcedPeerId) return;
    this.#announcedPeerId = peerId;
    this.#onChange(peerId);
  }
}
