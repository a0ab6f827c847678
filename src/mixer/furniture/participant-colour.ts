/** A colour for each person, always the same for the same id. Pure. */

/** Degrees on the colour wheel, 0..359, from the id (FNV-1a), so that neighbours in the alphabet differ. */
export function hueOf(participantId: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < participantId.length; index++) {
    hash = Math.imul(hash ^ participantId.charCodeAt(index), 0x01000193) >>> 0;
  }
  return ((hash ^ (hash >>> 16)) >>> 0) % 360;
}
