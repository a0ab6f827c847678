/** When a blocking playlist request may be answered, and when it must be refused (rfc8216bis §6.2.5.2). Pure. */

/** Where a program stands: segment `nextMsn` is the open one, with `openPartCount` parts so far. */
export interface PlaylistPosition {
  readonly nextMsn: number;
  readonly openPartCount: number;
  /** Parts of a closed segment; undefined when it is forgotten. */
  partCountOf(mediaSequenceNumber: number): number | undefined;
  /** Parts that a segment has unless it closes early. */
  readonly partsPerSegment: number;
  readonly partTargetSec: number;
}

export interface WantedMedia {
  readonly mediaSequenceNumber: number;
  readonly partIndex?: number;
}

/** True when the playlist lists what is wanted, or anything later (rules 43 and 44). */
export function isListed(wanted: WantedMedia, position: PlaylistPosition): boolean {
  const { mediaSequenceNumber, partIndex } = wanted;
  if (mediaSequenceNumber > position.nextMsn) return false;
  if (partIndex === undefined) return mediaSequenceNumber < position.nextMsn;
  if (mediaSequenceNumber === position.nextMsn) return partIndex < position.openPartCount;
  // A part index past the end of a closed segment means the first part of the next one.
  const isPastEnd = partIndex >= (position.partCountOf(mediaSequenceNumber) ?? Infinity);
  const isLastClosed = mediaSequenceNumber === position.nextMsn - 1;
  return !(isLastClosed && isPastEnd) || position.openPartCount > 0;
}

/** True for a request so far ahead that it must be a mistake: it gets 400, not a wait (rule 45). */
export function isTooFarAhead(wanted: WantedMedia, position: PlaylistPosition): boolean {
  const lastCompleteMsn = position.nextMsn - 1;
  if (wanted.mediaSequenceNumber > lastCompleteMsn + 2) return true;
  if (wanted.partIndex === undefined || wanted.mediaSequenceNumber < position.nextMsn) return false;
  const segmentsAhead = wanted.mediaSequenceNumber - position.nextMsn;
  const partsAhead = segmentsAhead * position.partsPerSegment + wanted.partIndex - (position.openPartCount - 1);
  return partsAhead > advancePartLimit(position.partTargetSec);
}

function advancePartLimit(partTargetSec: number): number {
  return partTargetSec < 1 ? Math.ceil(3 / partTargetSec) : 3;
}

/**
 * What a request for one part's bytes gets: the hinted next part is waited for, every other unknown one is missing
 * (rules 35 and 47).
 */
export function isHintedPart(wanted: Required<WantedMedia>, position: PlaylistPosition): boolean {
  return wanted.mediaSequenceNumber === position.nextMsn && wanted.partIndex === position.openPartCount;
}
