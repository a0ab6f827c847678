/** Bytes and bookkeeping of one rendition: listed segments, the open one, and removed ones that must stay fetchable. */

/** Peaks are told over at least half a target duration (rfc8216bis §4.1). */
const minPeakSec = 1;

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
  /** None once they are in the DVR store only. */
  readonly parts: readonly StoredPart[];
  /** Of the parts so far; final once the segment is closed. */
  readonly durationTicks: number;
  readonly sizeBytes: number;
  /** From the beginning to behind the first picture, which can be decoded alone; 0 in sound and gaps. */
  readonly keyframeBytes: number;
  /** The bytes are in the DVR store, and not in memory any more. */
  readonly isStored: boolean;
}

/** What a segment is said to be when it is opened. */
export type SegmentHead = Omit<StoredSegment, 'parts' | 'durationTicks' | 'sizeBytes' | 'keyframeBytes' | 'isStored'>;

/** One change of a window. Windows that get the same calls in the same order are the same, in every process. */
export type WindowCall =
  | { readonly call: 'putInit'; readonly runIndex: number; readonly bytes: Uint8Array }
  | { readonly call: 'openSegment'; readonly head: SegmentHead }
  | { readonly call: 'addPart'; readonly part: StoredPart; readonly keyframeBytes: number }
  | { readonly call: 'closeSegment' }
  | { readonly call: 'releaseBytes'; readonly fromMsn: number; readonly toMsn: number }
  | { readonly call: 'removeOldest'; readonly nowMs: number; readonly maxInMemorySec: number | null }
  | { readonly call: 'dropExpired'; readonly nowMs: number };

/** All of a window at one moment. */
export interface WindowState {
  readonly inits: readonly { readonly runIndex: number; readonly bytes: Uint8Array }[];
  readonly segments: readonly StoredSegment[];
  readonly removed: readonly { readonly segment: StoredSegment; readonly expiresAtMs: number }[];
  readonly open: StoredSegment | null;
  readonly discontinuitySequence: number;
  readonly newestRunIndex: number;
  readonly peakBitsPerSec: number;
  readonly keyframePeakBitsPerSec: number;
}

interface MutableSegment extends StoredSegment {
  readonly parts: StoredPart[];
  durationTicks: number;
  sizeBytes: number;
  keyframeBytes: number;
  isStored: boolean;
}

export class RenditionWindow {
  readonly timescaleHz: number;
  readonly #inits = new Map<number, Uint8Array>();
  readonly #segments: MutableSegment[] = [];
  #removed: { readonly segment: StoredSegment; readonly expiresAtMs: number }[] = [];
  #open: MutableSegment | undefined;
  #discontinuitySequence = 0;
  #newestRunIndex = -1;
  #peakBitsPerSec = 0;
  #keyframePeakBitsPerSec = 0;
  /** Hears of every change, before it is made. */
  onCall: ((call: WindowCall) => void) | undefined;

  constructor(timescaleHz: number) {
    this.timescaleHz = timescaleHz;
  }

  /** What is said here goes on sharing its bytes with the window. */
  get state(): WindowState {
    return {
      inits: [...this.#inits].map(([runIndex, bytes]) => ({ runIndex, bytes })),
      segments: this.#segments.map(copyOf),
      removed: this.#removed.map(({ segment, expiresAtMs }) => ({ segment: copyOf(segment), expiresAtMs })),
      open: this.#open === undefined ? null : copyOf(this.#open),
      discontinuitySequence: this.#discontinuitySequence,
      newestRunIndex: this.#newestRunIndex,
      peakBitsPerSec: this.#peakBitsPerSec,
      keyframePeakBitsPerSec: this.#keyframePeakBitsPerSec,
    };
  }

  /** Becomes what another window was. */
  restore(state: WindowState): void {
    this.clear();
    for (const { runIndex, bytes } of state.inits) this.#inits.set(runIndex, bytes);
    this.#segments.push(...state.segments.map(copyOf));
    this.#removed = state.removed.map(({ segment, expiresAtMs }) => ({ segment: copyOf(segment), expiresAtMs }));
    this.#open = state.open === null ? undefined : copyOf(state.open);
    this.#discontinuitySequence = state.discontinuitySequence;
    this.#newestRunIndex = state.newestRunIndex;
    this.#peakBitsPerSec = state.peakBitsPerSec;
    this.#keyframePeakBitsPerSec = state.keyframePeakBitsPerSec;
  }

  apply(call: WindowCall): void {
    switch (call.call) {
      case 'putInit':
        return this.putInit(call.runIndex, call.bytes);
      case 'openSegment':
        return this.openSegment(call.head);
      case 'addPart':
        return this.addPart(call.part, call.keyframeBytes);
      case 'closeSegment':
        return void this.closeSegment();
      case 'releaseBytes':
        return this.releaseBytes(call.fromMsn, call.toMsn);
      case 'removeOldest':
        return this.removeOldest(call.nowMs, call.maxInMemorySec ?? undefined);
      case 'dropExpired':
        return void this.dropExpired(call.nowMs);
    }
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

  /** Of the segment with the most so far, container included; those that were closed very early do not count. */
  get peakBitsPerSec(): number {
    return this.#peakBitsPerSec;
  }

  /** The same for the first pictures alone. */
  get keyframePeakBitsPerSec(): number {
    return this.#keyframePeakBitsPerSec;
  }

  putInit(runIndex: number, bytes: Uint8Array): void {
    this.onCall?.({ call: 'putInit', runIndex, bytes });
    this.#inits.set(runIndex, bytes);
    this.#newestRunIndex = runIndex;
  }

  /** Starts a segment; its first part must follow at once. */
  openSegment(head: SegmentHead): void {
    this.onCall?.({ call: 'openSegment', head });
    this.#open = { ...head, parts: [], durationTicks: 0, sizeBytes: 0, keyframeBytes: 0, isStored: false };
  }

  /** @param keyframeBytes of the part, from its beginning to behind its first picture; of a segment's first part only */
  addPart(part: StoredPart, keyframeBytes = 0): void {
    this.onCall?.({ call: 'addPart', part, keyframeBytes });
    if (this.#open!.parts.length === 0) this.#open!.keyframeBytes = keyframeBytes;
    this.#open!.parts.push(part);
    this.#open!.durationTicks += part.durationTicks;
    this.#open!.sizeBytes += part.bytes.length;
  }

  closeSegment(): StoredSegment {
    this.onCall?.({ call: 'closeSegment' });
    const segment = this.#open!;
    this.#open = undefined;
    this.#segments.push(segment);
    this.#notePeaks(segment);
    return segment;
  }

  /** True when the playlist keeps `minSec` of media and `minCount` segments without its oldest one (rule 12). */
  canSpareOldest(minSec: number, minCount: number): boolean {
    if (this.#segments.length <= minCount) return false;
    const oldestTicks = this.#segments[0]!.durationTicks;
    return this.#listedTicks() - oldestTicks >= minSec * this.timescaleHz;
  }

  /** Lets the bytes of listed segments from that number on go, up to and without the other: the DVR store has them. */
  releaseBytes(fromMsn: number, toMsn: number): void {
    const firstMsn = this.#segments[0]?.mediaSequenceNumber ?? toMsn;
    this.onCall?.({ call: 'releaseBytes', fromMsn, toMsn });
    for (let msn = toMsn - 1; msn >= Math.max(fromMsn, firstMsn); msn--) {
      const segment = this.#segments[msn - firstMsn]!;
      if (segment.isStored) return;
      segment.parts.length = 0;
      segment.isStored = true;
    }
  }

  /**
   * Takes the oldest segment off the playlist; its bytes stay for its own time and the playlist's (rule 13).
   * @param maxInMemorySec bytes that the DVR store did not take stay no longer
   */
  removeOldest(nowMs: number, maxInMemorySec = Infinity): void {
    this.onCall?.({
      call: 'removeOldest',
      nowMs,
      maxInMemorySec: Number.isFinite(maxInMemorySec) ? maxInMemorySec : null,
    });
    const isInMemory = this.#segments[0]?.isStored === false;
    const maxMs = isInMemory ? 1000 * maxInMemorySec : Infinity;
    const playlistMs = Math.min((1000 * this.#listedTicks()) / this.timescaleHz, maxMs);
    const segment = this.#segments.shift()!;
    if (segment.isDiscontinuity) this.#discontinuitySequence++;
    const ownMs = (1000 * segment.durationTicks) / this.timescaleHz;
    this.#removed.push({ segment, expiresAtMs: nowMs + ownMs + playlistMs });
  }

  /** Forgets removed segments whose time is over, and inits that nothing needs any more. @returns those segments */
  dropExpired(nowMs: number): readonly StoredSegment[] {
    this.onCall?.({ call: 'dropExpired', nowMs });
    const expired = this.#removed.filter(({ expiresAtMs }) => expiresAtMs <= nowMs);
    if (expired.length > 0) this.#removed = this.#removed.filter(({ expiresAtMs }) => expiresAtMs > nowMs);
    const oldest = this.#removed[0]?.segment ?? this.#segments[0] ?? this.#open;
    const oldestRunIndex = oldest?.runIndex ?? this.#newestRunIndex;
    for (const runIndex of this.#inits.keys()) if (runIndex < oldestRunIndex) this.#inits.delete(runIndex);
    return expired.map(({ segment }) => segment);
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
    this.#removed = [];
    this.#inits.clear();
    this.#open = undefined;
  }

  #notePeaks({ durationTicks, sizeBytes, keyframeBytes }: StoredSegment): void {
    const durationSec = durationTicks / this.timescaleHz;
    if (durationSec < minPeakSec) return;
    this.#peakBitsPerSec = Math.max(this.#peakBitsPerSec, (8 * sizeBytes) / durationSec);
    this.#keyframePeakBitsPerSec = Math.max(this.#keyframePeakBitsPerSec, (8 * keyframeBytes) / durationSec);
  }

  #listedTicks(): number {
    return this.#segments.reduce((sum, { durationTicks }) => sum + durationTicks, 0);
  }
}

function copyOf(segment: StoredSegment): MutableSegment {
  return { ...segment, parts: [...segment.parts] };
}
