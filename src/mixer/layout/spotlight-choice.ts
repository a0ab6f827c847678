/** Decides who is the main person, with hysteresis so that an interjection or a pause moves nothing. No timers. */

export interface SpotlightLimits {
  /** A new speaker must stay dominant this long before the switch. */
  readonly leadMs: number;
  /** Shortest stay in the spotlight. */
  readonly minHoldMs: number;
  /** A speaker dominant for this long is prepared: asked for a large picture, so that the switch need not wait for it. */
  readonly prepareMs: number;
  /** How long the switch waits for that picture (mixing.md 5: enlarge the small one after 700 ms); the frame after it is still in time. */
  readonly maxWaitMs: number;
  /** Shorter turns are interjections: they do not make anybody the most recent speaker. */
  readonly minTurnMs: number;
}

export const defaultSpotlightLimits: SpotlightLimits = {
  leadMs: 500,
  minHoldMs: 2000,
  prepareMs: 200,
  maxWaitMs: 660,
  minTurnMs: 300,
};

/** All times are monotonic ms and never go back between calls. */
export class SpotlightChoice {
  readonly #limits: SpotlightLimits;
  #present: readonly string[] = [];
  #spotlightId: string | null = null;
  #spotlightSinceMs = 0;
  #decidedMs = 0;
  /** The speaker as far as they are present, and since when: nothing is decided for somebody who is not there. */
  #eligible: { readonly id: string | null; readonly sinceMs: number } = { id: null, sinceMs: 0 };
  #speakerId: string | null = null;
  #speakerSinceMs = 0;
  #candidateId: string | null = null;
  #isDecided = false;
  #recentIds: readonly string[] = [];

  constructor(limits: SpotlightLimits = defaultSpotlightLimits) {
    this.#limits = limits;
  }

  /** Who is in the spotlight as of the last `update`. */
  get spotlightId(): string | null {
    return this.#spotlightId;
  }

  /** When it was decided that whoever is in the spotlight gets it; the picture may have been waited for since. */
  get decidedMs(): number {
    return this.#decidedMs;
  }

  /** Who will probably be next as of the last `update`; null for nobody. */
  get candidateId(): string | null {
    return this.#candidateId;
  }

  /** True while the candidate only waits for a picture, as of the last `update`. */
  get isDecided(): boolean {
    return this.#isDecided;
  }

  /** Who had a turn, the latest first; present people only. */
  get recentIds(): readonly string[] {
    return this.#recentIds;
  }

  /** Everybody on stage, in join order. */
  setPresent(participantIds: readonly string[]): void {
    this.#present = participantIds;
    this.#recentIds = this.#recentIds.filter((id) => participantIds.includes(id));
  }

  /** The dominant speaker from now on; null when nobody speaks. */
  setSpeaker(participantId: string | null, nowMs: number): void {
    if (participantId === this.#speakerId) return;
    this.#speakerId = participantId;
    this.#speakerSinceMs = nowMs;
  }

  /**
   * Call often (every frame).
   * @param isReady tells whether somebody's picture for the large tile is there, or will never be.
   * @returns who is in the spotlight now, null when nobody is on stage.
   */
  update(nowMs: number, isReady: (participantId: string) => boolean): string | null {
    this.#noteTurn(nowMs);
    const speakerId = this.#presentSpeaker();
    if (speakerId !== this.#eligible.id) this.#eligible = { id: speakerId, sinceMs: nowMs };
    const next = this.#next(nowMs, isReady);
    if (next !== this.#spotlightId) {
      const isHandedOver = this.#spotlightId !== null && this.#present.includes(this.#spotlightId);
      // With the former one gone there is nothing to wait for.
      this.#decidedMs = isHandedOver ? Math.max(this.#decisionMs(), this.#eligible.sinceMs) : nowMs;
      this.#spotlightId = next;
      this.#spotlightSinceMs = nowMs;
    }
    return next;
  }

  #noteTurn(nowMs: number): void {
    const speaker = this.#presentSpeaker();
    if (speaker === null || speaker === this.#recentIds[0]) return;
    if (nowMs - this.#speakerSinceMs < this.#limits.minTurnMs) return;
    this.#recentIds = [speaker, ...this.#recentIds.filter((id) => id !== speaker)];
  }

  #presentSpeaker(): string | null {
    return this.#speakerId !== null && this.#present.includes(this.#speakerId) ? this.#speakerId : null;
  }

  #next(nowMs: number, isReady: (participantId: string) => boolean): string | null {
    this.#candidateId = null;
    this.#isDecided = false;
    const current = this.#spotlightId;
    const speaker = this.#presentSpeaker();
    if (current === null || !this.#present.includes(current)) {
      return speaker ?? this.#recentIds[0] ?? this.#present[0] ?? null;
    }
    if (speaker === null || speaker === current) return current;
    const { prepareMs, maxWaitMs } = this.#limits;
    if (nowMs - this.#speakerSinceMs >= prepareMs) this.#candidateId = speaker;
    const decidedMs = this.#decisionMs();
    if (nowMs < decidedMs) return current;
    if (isReady(speaker) || nowMs >= decidedMs + maxWaitMs) {
      this.#candidateId = null;
      return speaker;
    }
    this.#isDecided = true;
    return current;
  }

  /** The speaker has led long enough by then, and the former one has stayed long enough. */
  #decisionMs(): number {
    const { leadMs, minHoldMs } = this.#limits;
    return Math.max(this.#speakerSinceMs + leadMs, this.#spotlightSinceMs + minHoldMs);
  }
}
