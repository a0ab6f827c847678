/** Bounded sending over a Node IPC channel; one half of both ends. */
import { messageSizeBytes } from './message-size.ts';

/** Node's own send: calls back when the message was written or could not be. Throws or calls back when disconnected. */
export type RawSend = (message: object, written: (error: Error | null) => void) => void;

/**
 * Counts the bytes handed to the channel and not yet written. Overflow policy: refuse the newcomer (`send` answers
 * false), because only the caller knows whether it may drop, wait or give the peer up.
 */
export class SendBacklog {
  readonly #rawSend: RawSend;
  readonly #maxBytes: number;
  #pendingBytes = 0;
  #isClosed = false;
  readonly #drained = new Set<() => void>();

  constructor(rawSend: RawSend, maxBytes: number) {
    this.#rawSend = rawSend;
    this.#maxBytes = maxBytes;
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /**
   * True when the message was handed over. A message larger than the whole bound passes an empty backlog.
   * @param onGone called once, when the message has left or can no longer leave
   */
  send(message: object, onGone: () => void = () => undefined): boolean {
    const sizeBytes = messageSizeBytes(message);
    const isFull = this.#pendingBytes > 0 && this.#pendingBytes + sizeBytes > this.#maxBytes;
    if (this.#isClosed || isFull) {
      onGone();
      return false;
    }
    // The only error is a channel that is gone: its end shows as `disconnect` and `exit`.
    this.#rawSend(message, (error) => {
      this.#pendingBytes -= sizeBytes;
      onGone();
      if (error !== null) this.#isClosed = true;
      if (this.#pendingBytes === 0) this.#reportDrained();
    });
    // After the call: a message that cannot be serialized throws here and must not stay counted.
    this.#pendingBytes += sizeBytes;
    return true;
  }

  /** Takes no more; what was handed over is still written. */
  close(): void {
    this.#isClosed = true;
  }

  /** Calls back when nothing waits to be written; at once when that is so already. */
  onceDrained(callback: () => void): void {
    if (this.#pendingBytes === 0) callback();
    else this.#drained.add(callback);
  }

  #reportDrained(): void {
    for (const callback of this.#drained) callback();
    this.#drained.clear();
  }
}
