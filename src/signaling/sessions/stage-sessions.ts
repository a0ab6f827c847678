/** The sessions of all peers, by their secret ids. */
import { randomId } from '../../core/ids.ts';
import { type JoinedPeer } from '../handler.ts';
import { type PeerSession } from './peer-session.ts';

export interface HeldSession {
  readonly session: PeerSession;
  readonly grantId: string;
  readonly peer: JoinedPeer;
}

export class StageSessions {
  /** Of this life of the server: sessions of another one are lost. */
  readonly epoch = randomId();
  readonly #held = new Map<string, HeldSession>();

  add(held: HeldSession): void {
    this.#held.set(held.session.sessionId, held);
  }

  delete(session: PeerSession): void {
    this.#held.delete(session.sessionId);
  }

  /** Only with the token of the same invitation: a session id alone opens nothing. */
  find(resume: { readonly sessionId: string; readonly epoch: string }, grantId: string): HeldSession | undefined {
    if (resume.epoch !== this.epoch) return undefined;
    const held = this.#held.get(resume.sessionId);
    return held?.grantId === grantId ? held : undefined;
  }

  /** Gives every place up at once: the server ends. */
  endAll(): void {
    for (const { session } of [...this.#held.values()]) session.end();
  }
}
