/** Decides who is in the large tile, with hysteresis so that an interjection or a pause moves nothing. No timers. */

export interface SpotlightLimits {
  /** A new speaker must stay dominant this long before the switch. */
  readonly leadMs: number;
  /** Shortest stay in the spotlight. */
  readonly minHoldMs: number;
  /** A speaker dominant for this long is prepared: asked for a large picture, so that the switch need not wait for it. */
  readonly prepareMs: number;
  /** How long the switch waits for that picture (mixing.md 5: enlarge the small one then). */
  readonly maxWaitMs: number;
}

export const defaultSpotlightLimits: SpotlightLimits = {
  leadMs: 500,
  minHoldMs: 2000,
  prepareMs: 200,
  maxWaitMs: 700,
};

/** All times are monotonic ms and never go back between calls. */
export class SpotlightChoice {
  readonly #limits: SpotlightLimits;
  #present: readonly string[] = [];
  #spotlightId: string | null = null;
  #spotlightSinceMs = 0;
  #speakerId: string | null = null;
  #speakerSinceMs = 0;
  #candidateId: string | null = null;

  constructor(limits: SpotlightLimits = defaultSpotlightLimits) {
    this.#limits = limits;
  }

  /** Who is in the large tile as of the last `update`. */
  get spotlightId(): string | null {
    return this.#spotlightId;
  }

  /** Who will probably be next as of the last `update`; null for nobody. */
  get candidateId(): string | null {
    return this.#candidateId;
  }

  /** Everybody on stage, in join order. */
  setPresent(participantIds: readonly string[]): void {
    this.#present = participantIds;
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
   * @returns who is in the large tile now, null when nobody is on stage.
   */
  update(nowMs: number, isReady: (participantId: string) => boolean): string | null {
    const next = this.#next(nowMs, isReady);
    if (next !== this.#spotlightId) {
      this.#spotlightId = next;
      this.#spotlightSinceMs = nowMs;
    }
    return next;
  }

  #next(nowMs: number, isReady: (participantId: string) => boolean): string | null {
    this.#candidateId = null;
    const current = this.#spotlightId;
    const speaker = this.#speakerId !== null && this.#present.includes(this.#speakerId) ? this.#speakerId : null;
    if (current === null || !this.#present.includes(current)) return speaker ?? this.#present[0] ?? null;
    if (speaker === null || speaker === current) return current;
    const { leadMs, minHoldMs, prepareMs, maxWaitMs } = this.#limits;
    if (nowMs - this.#speakerSinceMs >= prepareMs) this.#candidateId = speaker;
    const decidedMs = Math.max(this.#speakerSinceMs + leadMs, this.#spotlightSinceMs + minHoldMs);
    if (nowMs < decidedMs) return current;
    return isReady(speaker) || nowMs >= decidedMs + maxWaitMs ? speaker : current;
  }
}
