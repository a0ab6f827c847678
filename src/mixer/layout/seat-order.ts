/** Who sits on which place: the order of people, moved as little as possible. Pure. */

export interface SeatRule {
  /** Places that stand out, from the first on; they follow who speaks. */
  readonly mainCount: number;
  /** Places altogether; whoever sits beyond is not shown. */
  readonly placeCount: number;
}

export interface SeatWishes {
  /** Must be present unless null. */
  readonly spotlightId: string | null;
  /** Present people who come first, in this order. */
  readonly pinnedIds: readonly string[];
  /** Who spoke, the latest first. */
  readonly recentIds: readonly string[];
}

/**
 * The order after a change. People keep their places: newcomers go to the end, leavers close the gap, and whoever is
 * promoted swaps with the one on the main place who has been silent for longest. Somebody promoted from out of view sends
 * the former to the last place in view rather than out of it, if there is one that is no main place.
 * @param previous participant ids in the order used so far.
 * @param present ids of everybody on stage now, in join order.
 */
export function arrangeSeats(
  previous: readonly string[],
  present: readonly string[],
  rule: SeatRule,
  wishes: SeatWishes,
): string[] {
  const kept = previous.filter((id) => present.includes(id));
  const order = [...kept, ...present.filter((id) => !kept.includes(id))];
  wishes.pinnedIds.forEach((id, seat) => swap(order, seat, order.indexOf(id)));
  promote(order, previous, rule, wishes);
  return order;
}

function promote(order: string[], previous: readonly string[], rule: SeatRule, wishes: SeatWishes): void {
  const { spotlightId, pinnedIds, recentIds } = wishes;
  const { mainCount, placeCount } = rule;
  if (spotlightId === null || pinnedIds.length >= mainCount) return;
  const from = order.indexOf(spotlightId);
  if (from < mainCount) return;
  const stayed = previous.slice(0, mainCount).filter((id) => order.includes(id)).length;
  const isSeatFree = previous.length > 0 && stayed < Math.min(mainCount, previous.length);
  if (isSeatFree) {
    // Nobody to swap with: the others close up behind the promoted one.
    order.splice(from, 1);
    order.splice(Math.max(stayed, pinnedIds.length), 0, spotlightId);
    return;
  }
  const silence = (id: string): number => (recentIds.includes(id) ? recentIds.indexOf(id) : Infinity);
  let seat = mainCount - 1;
  for (let other = seat - 1; other >= pinnedIds.length; other--) {
    if (silence(order[other]!) > silence(order[seat]!)) seat = other;
  }
  swap(order, seat, from);
  if (from >= placeCount && placeCount > mainCount) swap(order, from, placeCount - 1);
}

function swap(order: string[], a: number, b: number): void {
  [order[a], order[b]] = [order[b]!, order[a]!];
}
