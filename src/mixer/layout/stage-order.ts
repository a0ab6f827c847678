/** Who sits where: place 0 is the stage, the rest is the strip from the top, then those who are not shown. Pure. */
import { maxThumbnailCount } from './geometry.ts';

/**
 * The order after a change. People keep their places: newcomers go to the end, leavers close the gap, and whoever is
 * promoted swaps with the one on stage. Somebody promoted from beyond the strip sends the former speaker to the last
 * visible thumbnail rather than out of view.
 * @param previous participant ids in the order used so far.
 * @param present ids of everybody on stage now, in join order.
 * @param spotlightId must be in `present` unless that is empty.
 */
export function arrangeStage(
  previous: readonly string[],
  present: readonly string[],
  spotlightId: string | null,
): string[] {
  const formerSpeaker = previous[0];
  const kept = previous.filter((id) => present.includes(id));
  const order = [...kept, ...present.filter((id) => !kept.includes(id))];
  if (spotlightId === null) return order;
  const from = order.indexOf(spotlightId);
  if (from <= 0) return order;
  if (order[0] !== formerSpeaker) {
    // The one on stage left: nobody to swap with, the strip closes up behind the promoted one.
    order.splice(from, 1);
    return [spotlightId, ...order];
  }
  swap(order, 0, from);
  if (from > maxThumbnailCount) swap(order, from, maxThumbnailCount);
  return order;
}

function swap(order: string[], a: number, b: number): void {
  [order[a], order[b]] = [order[b]!, order[a]!];
}
