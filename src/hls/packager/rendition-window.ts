/** Bytes and bookkeeping of one rendition: listed segments, the open one, and removed ones that must stay fetchable. */

export interface StoredPart {
  /** Empty in a gap. */
  readonly bytes: Uint8Array;
  readonly durationTicks: number;
  readonly isIndependent: boolean;
}

export interface StoredSegment {
  readonly mediaSequenceNumber: number;
  readonly runIndex: number;
  readonly isDiscontinuity: boolean;
  /** The run does not carry this rendition: nothing can be fetched here, and only the durations are true. */
  readonly isGap: boolean;
  readonly startTicks: number;
  readonly programDateTimeMs: number;
  readonly parts: readonly StoredPart[];
  /** Of the parts so far; final once the segment is closed. */
  readonly durationTicks: number;
}

interface MutableSegment extends StoredSegment {
  readonly parts: StoredPart[];
  durationTicks: number;
}

export class RenditionWindow {
  readonly timescaleHz: number;
  readonly #inits = new Map<number, Uint8Array>();
  readonly #segments: MutableSegment[] = [];
  readonly #removed: { readonly segment: StoredSegment; readonly expiresAtMs: number }[] = [];
  #open: MutableSegment | undefined;
  #discontinuitySequence = 0;
  #newestRunIndex = -1;

  constructor(timescaleHz: number) {
    this.timescaleHz = timescaleHz;
  }

  /** Complete segments that the playlist lists, oldest first. */
  get segments(): readonly StoredSegment[] {
    return this.#segments;
  }

  /** The segment being written; it has at least one part. */
  get open(): StoredSegment | undefined {
    return this.#open;
  }

  /** EXT-X-DISCONTINUITY-SEQUENCE: discontinuities that left the playlist. */
  get discontinuitySequence(): number {
    return this.#discontinuitySequence;
  }

  putInit(runIndex: number, bytes: Uint8Array): void {
    this.#inits.set(runIndex, bytes);
    this.#newestRunIndex = runIndex;
  }

  /** Starts a segment; its first part must follow at once. */
  openSegment(head: Omit<StoredSegment, 'parts' | 'durationTicks'>): void {
    this.#open = { ...head, parts: [], durationTicks: 0 };
  }

  addPart(part: StoredPart): void {
    this.#open!.parts.push(part);
    this.#open!.durationTicks += part.durationTicks;
  }

  closeSegment(): StoredSegment {
    const segment = this.#open!;
    this.#open = undefined;
    this.#segments.push(segment);
    return segment;
  }

  /** True when the playlist keeps `minSec` of media and `minCount` segments without its oldest one (rule 12). */
  canSpareOldest(minSec: number, minCount: number): boolean {
    if (this.#segments.length <= minCount) return false;
    const oldestTicks = this.#segments[0]!.durationTicks;
    return this.#listedTicks() - oldestTicks >= minSec * this.timescaleHz;
  }

  /** Takes the oldest segment off the playlist; its bytes stay for its own time and the playlist's (rule 13). */
  removeOldest(nowMs: number): void {
    const playlistMs = (1000 * this.#listedTicks()) / this.timescaleHz;
    const segment = this.#segments.shift()!;
    if (segment.isDiscontinuity) this.#discontinuitySequence++;
    const ownMs = (1000 * segment.durationTicks) / this.timescaleHz;
    this.#removed.push({ segment, expiresAtMs: nowMs + ownMs + playlistMs });
  }

  /** Forgets removed segments whose time is over, and inits that nothing needs any more. */
  dropExpired(nowMs: number): void {
    while (this.#removed[0] !== undefined && this.#removed[0].expiresAtMs <= nowMs) this.#removed.shift();
    const oldest = this.#removed[0]?.segment ?? this.#segments[0] ?? this.#open;
    const oldestRunIndex = oldest?.runIndex ?? this.#newestRunIndex;
    for (const runIndex of this.#inits.keys()) if (runIndex < oldestRunIndex) this.#inits.delete(runIndex);
  }

  /** ftyp + moov of a run, while any segment kept needs it. */
  init(runIndex: number): Uint8Array | undefined {
    return this.#inits.get(runIndex);
  }

  /** A complete segment, listed or retained; a gap too. */
  segment(mediaSequenceNumber: number): StoredSegment | undefined {
    const firstMsn = this.#segments[0]?.mediaSequenceNumber;
    if (firstMsn !== undefined && mediaSequenceNumber >= firstMsn)
      return this.#segments[mediaSequenceNumber - firstMsn];
    return this.#removed.find(({ segment }) => segment.mediaSequenceNumber === mediaSequenceNumber)?.segment;
  }

  /** A published part of a complete or the open segment. */
  part(mediaSequenceNumber: number, partIndex: number): StoredPart | undefined {
    const isOpen = this.#open?.mediaSequenceNumber === mediaSequenceNumber;
    return (isOpen ? this.#open : this.segment(mediaSequenceNumber))?.parts[partIndex];
  }

  heldBytes(): number {
    const held = [
      ...this.#removed.map(({ segment }) => segment),
      ...this.#segments,
      ...(this.#open ? [this.#open] : []),
    ];
    return held.flatMap(({ parts }) => parts).reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  clear(): void {
    this.#segments.length = 0;
    this.#removed.length = 0;
    this.#inits.clear();
    this.#open = undefined;
  }

  #listedTicks(): number {
    return this.#segments.reduce((sum, { durationTicks }) => sum + durationTicks, 0);
  }
}
