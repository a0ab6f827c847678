/** When a new layout may be shown: not before its pictures are there, not too often, and never too late. No timers. */

/** Shortest time between two changes that come by themselves. */
export const relayoutPeriodMs = 500;
/** How long a change waits for pictures in the sizes it needs; the old ones are scaled then. */
export const maxPictureWaitMs = 700;
/** The same when somebody left: their last picture is not shown for longer. */
export const maxLeaveWaitMs = 300;

export interface GateState {
  /** All pictures of the new layout are there. */
  readonly isReady: boolean;
  /** Ordered by the host. */
  readonly isUrgent: boolean;
}

/** All times are monotonic ms and never go back between calls. */
export class RelayoutGate {
  #lastShownMs = -Infinity;
  #deadlineMs = Infinity;

  /** The layout wanted has changed and is to be seen within `limitMs`. An earlier wish keeps its deadline. */
  want(nowMs: number, limitMs: number): void {
    this.#deadlineMs = Math.min(this.#deadlineMs, nowMs + limitMs);
  }

  isOpen(nowMs: number, { isReady, isUrgent }: GateState): boolean {
    return (isReady || nowMs >= this.#deadlineMs) && (isUrgent || this.isPaced(nowMs));
  }

  /** The last change is long enough ago for another. */
  isPaced(nowMs: number): boolean {
    return nowMs - this.#lastShownMs >= relayoutPeriodMs;
  }

  /** The layout wanted is shown from now on. */
  shown(nowMs: number): void {
    this.#lastShownMs = nowMs;
    this.#deadlineMs = Infinity;
  }

  /** What is shown is wanted again: nothing is to be done. */
  forget(): void {
    this.#deadlineMs = Infinity;
  }
}
