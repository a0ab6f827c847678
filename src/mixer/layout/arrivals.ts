/** Who may have a tile already: newcomers wait for their first picture, but not for long. No timers. */

/** A person without a picture is shown by the avatar after this. */
export const maxPersonArrivalMs = 1000;
/** A shared screen is only waited for while it is asked for; one that was not yet may be chosen after this. */
export const maxScreenArrivalMs = 3000;

/** All times are monotonic ms and never go back between calls. */
export class Arrivals {
  /** When each came who is present, in order; -Infinity for whoever has waited already. */
  readonly #cameAtMs = new Map<string, number>();
  readonly #maxWaitMs: number;
  #isFirst: boolean;

  /** @param isContinuation the first to come have been on the program before: they do not wait. */
  constructor(maxWaitMs: number, isContinuation: boolean) {
    this.#maxWaitMs = maxWaitMs;
    this.#isFirst = isContinuation;
  }

  setPresent(participantIds: readonly string[], nowMs: number): void {
    const known = new Map(this.#cameAtMs);
    this.#cameAtMs.clear();
    for (const id of participantIds) this.#cameAtMs.set(id, known.get(id) ?? (this.#isFirst ? -Infinity : nowMs));
    this.#isFirst &&= participantIds.length === 0;
  }

  /** Those present, in their order, who need not wait any longer. */
  arrived(nowMs: number, hasPicture: (participantId: string) => boolean): string[] {
    return [...this.#cameAtMs].flatMap(([id, cameAtMs]) => {
      if (cameAtMs === -Infinity) return id;
      if (nowMs - cameAtMs < this.#maxWaitMs && !hasPicture(id)) return [];
      this.#cameAtMs.set(id, -Infinity);
      return id;
    });
  }
}
