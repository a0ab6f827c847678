/** The message channel of a mixer process, as src/app provides it. */
import { type MixerEvent } from '../ports.ts';

/** The message channel to the parent; must carry typed arrays (`serialization: 'advanced'` with child_process). */
export interface MixerChannel {
  /** Queues an event; `onSent` is called once it has left, or can no longer leave. False when it was refused: full. */
  send(event: MixerEvent, onSent: () => void): boolean;
  onMessage(listener: (message: unknown) => void): void;
  /** The parent is gone or has closed the channel. */
  onDisconnect(listener: () => void): void;
}
