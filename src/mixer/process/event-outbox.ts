/** Sends events to the parent and bounds what it has not taken yet: a parent that stopped reading ends the run. */
import { type MixerEvent } from '../ports.ts';
import { type MixerChannel } from './channel.ts';

/** About three minutes of a 2.5 Mbit/s program. */
export const maxUnsentBytes = 64 * 1024 * 1024;
/** Weight of a message without bytes. */
const smallMessageBytes = 256;

export class EventOutbox {
  readonly #channel: Pick<MixerChannel, 'send'>;
  readonly #onFull: () => void;
  #unsentBytes = 0;
  #isFull = false;

  constructor(channel: Pick<MixerChannel, 'send'>, onFull: () => void) {
    this.#channel = channel;
    this.#onFull = onFull;
  }

  get unsentBytes(): number {
    return this.#unsentBytes;
  }

  /** Events behind the limit are dropped: their run is over by then. */
  send(event: MixerEvent): void {
    if (this.#isFull) return;
    const bytes = smallMessageBytes + ('bytes' in event ? event.bytes.length : 0);
    this.#unsentBytes += bytes;
    const isTaken = this.#channel.send(event, () => {
      this.#unsentBytes -= bytes;
    });
    if (isTaken && this.#unsentBytes <= maxUnsentBytes) return;
    this.#isFull = true;
    this.#onFull();
  }
}
