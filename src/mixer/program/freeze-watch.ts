/** Tells which cameras stand still: one that froze counts as moving again only after some pictures, not after a stray one. */

/** Pictures that a frozen camera has to give before it is shown again. */
export const thawPictureCount = 3;

interface Watched {
  /** At the last look; smaller at the next one means that there was a picture in between. */
  sinceMs: number;
  /** Pictures still missing; 0 while it is not frozen. */
  missingCount: number;
}

export class FreezeWatch {
  readonly #frozenAfterMs: number;
  readonly #watched = new Map<string, Watched>();

  constructor(frozenAfterMs: number) {
    this.#frozenAfterMs = frozenAfterMs;
  }

  /**
   * To be asked at least once per frame while the camera is wanted.
   * @param sinceMs since its last picture, Infinity before the first. @param askedForMs since pictures are asked for
   */
  isFrozen(sourceId: string, sinceMs: number, askedForMs: number): boolean {
    const watched = this.#watched.get(sourceId) ?? { sinceMs: Infinity, missingCount: 0 };
    this.#watched.set(sourceId, watched);
    if (sinceMs < watched.sinceMs && watched.missingCount > 0) watched.missingCount--;
    watched.sinceMs = sinceMs;
    // A camera that nobody looked at has given no pictures either.
    if (Math.min(sinceMs, askedForMs) > this.#frozenAfterMs) watched.missingCount = thawPictureCount;
    return watched.missingCount > 0;
  }

  forget(sourceId: string): void {
    this.#watched.delete(sourceId);
  }
}
