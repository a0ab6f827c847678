/** The sockets under all connections, so that the end of the server does not wait for clients that answer no more. */
import { type Duplex } from 'node:stream';
import { type Clock } from '../core/clock.ts';
import { withDeadline } from '../core/lifecycle.ts';

export class OpenSockets {
  readonly #closedBySocket = new Map<Duplex, Promise<void>>();

  add(socket: Duplex): void {
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    this.#closedBySocket.set(
      socket,
      closed.then(() => void this.#closedBySocket.delete(socket)),
    );
  }

  /** Resolves when all are closed: by their clients, who were told, or after the deadline without them. */
  async end(deadlineMs: number, clock: Clock): Promise<void> {
    const closed = Promise.all(this.#closedBySocket.values());
    try {
      await withDeadline(closed, deadlineMs, clock, 'closing connections');
    } catch {
      for (const socket of this.#closedBySocket.keys()) socket.destroy();
      await closed;
    }
  }
}
