/** Decides who is in the large tile, with hysteresis so that an interjection or a pause moves nothing. No timers. */

export interface SpotlightLimits {
  /** A new speaker must stay dominant this long before the switch. */
  readonly leadMs: number;
  /** Shortest stay in the spotlight. */
  readonly minHoldMs: number;
}

export const defaultSpotlightLimits: SpotlightLimits = { leadMs: 500, minHoldMs: 2000 };

/** All times are monotonic ms and never go back between calls. */
export class SpotlightChoice {
  readonly #limits: SpotlightLimits;
  #present: readonly string[] = [];
  #spotlightId: string | null = null;
  #spotlightSinceMs = 0;
  #speakerId: string | null = null;
  #speakerSinceMs = 0;

  constructor(limits: SpotlightLimits = defaultSpotlightLimits) {
    this.#limits = limits;
  }

  /** Who is in the large tile as of the last `update`. */
  get spotlightId(): string | null {
    return this.#spotlightId;
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

  /** Call often (every frame). @returns who is in the large tile now, null when nobody is on stage. */
  update(nowMs: number): string | null {
    const next = this.#next(nowMs);
    if (next !== this.#spotlightId) {
      this.#spotlightId = next;
      this.#spotlightSinceMs = nowMs;
    }
    return next;
  }

  #next(nowMs: number): string | null {
    const current = this.#spotlightId;
    const speaker = this.#speakerId !== null && this.#present.includes(this.#speakerId) ? this.#speakerId : null;
    if (current === null || !this.#present.includes(current)) return speaker ?? this.#present[0] ?? null;
    if (speaker === null || speaker === current) return current;
    const hasLed = nowMs - this.#speakerSinceMs >= this.#limits.leadMs;
    const hasHeld = nowMs - this.#spotlightSinceMs >= this.#limits.minHoldMs;
    return hasLed && hasHeld ? speaker : current;
  }
}
