/** Puts packets of one stream back in order and decides when a missing one is lost. Pure: time comes in as a question. */
import { type RtpPacket } from '../../media/rtp/index.ts';

export interface OrderedPacket {
  /** Unwrapped. */
  readonly sequence: number;
  /** Unwrapped RTP ticks. */
  readonly timestamp: number;
  readonly packet: RtpPacket;
}

export type InsertResult = 'accepted' | 'duplicate' | 'late' | 'jumped';

export type PopResult =
  { readonly type: 'packet'; readonly item: OrderedPacket } | { readonly type: 'lost'; readonly packetCount: number };

const restartAfterFarPackets = 5;
const restartAfterNearPackets = 20;

/**
 * A ring of `capacity` packets addressed by sequence number. A packet leaves when it is due, in order. A hole
 * is waited for until the first packet behind it is due: a retransmission has as long as the playout delay allows.
 * Overflow: a packet beyond the ring moves the window to begin at it, what was held is counted as lost; so does a
 * sender that begins anew behind it.
 */
export class JitterBuffer {
  readonly #slots: (OrderedPacket | undefined)[];
  #next: number | undefined;
  #highest = -Infinity;
  #heldCount = 0;
  #lostBefore = 0;
  #hasPopped = false;
  #lateRunCount = 0;
  #lateSequence = -Infinity;

  constructor(capacity: number) {
    this.#slots = new Array<OrderedPacket | undefined>(capacity).fill(undefined);
  }

  get heldCount(): number {
    return this.#heldCount;
  }

  /** Highest sequence number held or seen; -Infinity before the first. */
  get highestSequence(): number {
    return this.#highest;
  }

  /** Sequence number that leaves next; undefined before the first packet. */
  get nextSequence(): number | undefined {
    return this.#next;
  }

  insert(item: OrderedPacket): InsertResult {
    this.#beginAt(item.sequence);
    const next = this.#next!;
    if (item.sequence < next && !this.#isRestart(item.sequence)) return 'late';
    this.#lateRunCount = 0;
    let result: InsertResult = 'accepted';
    if (item.sequence < next || item.sequence >= next + this.#slots.length) {
      this.#jumpTo(item.sequence);
      result = 'jumped';
    }
    const index = this.#indexOf(item.sequence);
    if (this.#slots[index] !== undefined) return 'duplicate';
    this.#slots[index] = item;
    this.#heldCount++;
    this.#highest = Math.max(this.#highest, item.sequence);
    return result;
  }

  /**
   * True when packets of the frame that begins at `sequence`, which is held, are missing between those that came. One whose
   * end has not come yet has no hole.
   */
  isHoled(sequence: number): boolean {
    const timestamp = this.#slots[this.#indexOf(sequence)]?.timestamp;
    for (let at = sequence; at <= this.#highest; at++) {
      const item = this.#slots[this.#indexOf(at)];
      if (item === undefined) return true;
      // A frame ends with its marker; one without ends where another time begins.
      if (item.packet.hasMarker || item.timestamp !== timestamp) return false;
    }
    return false;
  }

  /** The next packet or loss; undefined when nothing is due. `isDue` is asked about unwrapped timestamps. */
  pop(isDue: (timestamp: number) => boolean): PopResult | undefined {
    if (this.#lostBefore > 0) {
      const packetCount = this.#lostBefore;
      this.#lostBefore = 0;
      return { type: 'lost', packetCount };
    }
    if (this.#next === undefined || this.#heldCount === 0) return undefined;
    const first = this.#firstHeld(this.#next);
    if (!isDue(first.timestamp)) return undefined;
    this.#hasPopped = true;
    const packetCount = first.sequence - this.#next;
    this.#next = first.sequence;
    if (packetCount > 0) return { type: 'lost', packetCount };
    this.#slots[this.#indexOf(first.sequence)] = undefined;
    this.#heldCount--;
    this.#next++;
    return { type: 'packet', item: first };
  }

  /** Before anything has left, an earlier packet than the first still counts: streams begin out of order too. */
  #beginAt(sequence: number): void {
    if (this.#next === undefined) this.#next = sequence;
    else if (this.#heldCount > 0 && !this.#hasPopped && sequence < this.#next) {
      if (this.#highest - sequence < this.#slots.length) this.#next = sequence;
    }
  }

  /**
   * Late packets come between others. Nothing but late ones means that the sender began anew with other numbers: a few
   * in a row suffice when they are far behind (RFC 3550 A.1), more when they could still be retransmissions.
   */
  #isRestart(sequence: number): boolean {
    this.#lateRunCount = sequence === this.#lateSequence + 1 ? this.#lateRunCount + 1 : 1;
    this.#lateSequence = sequence;
    const isFar = this.#next! - sequence > this.#slots.length;
    return this.#lateRunCount >= (isFar ? restartAfterFarPackets : restartAfterNearPackets);
  }

  #jumpTo(sequence: number): void {
    this.#lostBefore += Math.max(1, sequence - this.#next!);
    this.#highest = sequence;
    this.#slots.fill(undefined);
    this.#heldCount = 0;
    this.#next = sequence;
  }

  #firstHeld(from: number): OrderedPacket {
    for (let sequence = from; ; sequence++) {
      const item = this.#slots[this.#indexOf(sequence)];
      if (item !== undefined) return item;
    }
  }

  #indexOf(sequence: number): number {
    const capacity = this.#slots.length;
    return ((sequence % capacity) + capacity) % capacity;
  }
}
