/** The child's side of a role process: messages from and to the parent. */
import { TypedEmitter } from '../../core/typed-emitter.ts';
import { isCloseRequest } from './close-request.ts';
import { processError } from './errors.ts';
import { SendBacklog } from './send-backlog.ts';

export interface ParentChannel {
  /**
   * False when the message was refused: backlog full, or the parent is gone.
   * @param onGone called once, when the message has left or can no longer leave
   */
  send(message: object, onGone?: () => void): boolean;
  /** Messages from the parent, in order, from the first listener on; those that came before wait for it. */
  onMessage(listener: (message: unknown) => void): () => void;
  /** Once, when the parent asked to close or died: finish, then `close`. */
  onDisconnect(listener: () => void): () => void;
  /** Writes what was sent, then lets the process end: the channel keeps it alive no more. Idempotent. */
  close(): void;
}

/**
 * Takes this process's channel to its parent; once per process.
 * @param maxBacklogBytes bytes handed to the channel and not yet written, beyond which `send` refuses
 * @throws PROCESS_NO_PARENT when the process was not started by a role process
 */
export function connectParent(maxBacklogBytes = 64 * 1024 * 1024): ParentChannel {
  if (process.send === undefined) throw processError('PROCESS_NO_PARENT');
  return new ProcessParentChannel(maxBacklogBytes);
}

class ProcessParentChannel implements ParentChannel {
  readonly #backlog: SendBacklog;
  /** A listener that throws ends the process, as any error without an owner does. */
  readonly #events = new TypedEmitter<{ message: [message: unknown]; disconnect: [] }>();
  #isListening = false;
  #isDisconnected = false;

  constructor(maxBacklogBytes: number) {
    this.#backlog = new SendBacklog((message, written) => {
      process.send?.(message, undefined, undefined, written);
    }, maxBacklogBytes);
    process.once('disconnect', () => {
      this.#backlog.close();
      this.#disconnected();
    });
  }

  send(message: object, onGone?: () => void): boolean {
    return this.#backlog.send(message, onGone);
  }

  onMessage(listener: (message: unknown) => void): () => void {
    const off = this.#events.on('message', listener);
    // Node keeps messages back until somebody listens.
    if (!this.#isListening) process.on('message', (message) => this.#received(message));
    this.#isListening = true;
    return off;
  }

  onDisconnect(listener: () => void): () => void {
    const off = this.#events.once('disconnect', listener);
    if (this.#isDisconnected || !process.connected) queueMicrotask(() => this.#events.emit('disconnect'));
    return off;
  }

  close(): void {
    this.#backlog.close();
    // Disconnecting drops what still waits in the channel.
    this.#backlog.onceDrained(() => {
      if (!process.connected) return;
      // Disconnecting while the parent is in the middle of a message may never complete; see close-request.ts.
      process.channel?.unref();
      process.disconnect();
    });
  }

  #received(message: unknown): void {
    if (isCloseRequest(message)) this.#disconnected();
    else this.#events.emit('message', message);
  }

  #disconnected(): void {
    if (this.#isDisconnected) return;
    this.#isDisconnected = true;
    this.#events.emit('disconnect');
  }
}
