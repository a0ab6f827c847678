/**
 * One peer's place on stage while connections come and go: numbers what the peer is told, keeps it for who comes back,
 * and gives up a while after the last connection was lost. Media knows nothing of all this.
 */
import { type Clock, type Timer } from '../../core/clock.ts';
import { randomId } from '../../core/ids.ts';
import { signalingLimits } from '../limits.ts';
import { type StageEventName, type StageEvents } from '../protocol/index.ts';
import { type RemovalReason } from '../request-channel.ts';
import { type StageLink } from '../stage-hub.ts';
import { ReplyMemory } from './reply-memory.ts';

/** A page that was not closed comes back within a second or two, if its network does. */
export const resumeGraceMs = 10_000;

/** The connection that carries a session now. */
export interface SessionCarrier {
  sendNumbered(event: string, payload: unknown, number: number): void;
  remove(reason: RemovalReason): void;
  disconnect(): void;
}

export interface NumberedEvent {
  readonly number: number;
  readonly name: StageEventName;
  readonly payload: unknown;
}

export interface PeerSessionOptions {
  readonly clock: Clock;
  /** Nobody came back in time, or the peer was removed meanwhile. Called once. */
  readonly onGone: () => void;
  readonly onAway: (isAway: boolean) => void;
}

export class PeerSession implements StageLink {
  /** A secret between server and page: who has it takes the place over. */
  readonly sessionId = randomId();
  readonly replies = new ReplyMemory();
  readonly #options: PeerSessionOptions;
  #carrier: SessionCarrier | undefined;
  #number = 0;
  #kept: NumberedEvent[] = [];
  #graceTimer: Timer | undefined;
  #isOver = false;

  constructor(carrier: SessionCarrier, options: PeerSessionOptions) {
    this.#carrier = carrier;
    this.#options = options;
  }

  /** Of the newest event. */
  get number(): number {
    return this.#number;
  }

  isCarriedBy(carrier: SessionCarrier): boolean {
    return this.#carrier === carrier;
  }

  /** Also while nobody is connected: it is kept. */
  send<Name extends StageEventName>(name: Name, payload: StageEvents[Name]): void {
    if (this.#isOver) return;
    const event = { number: ++this.#number, name, payload };
    this.#kept.push(event);
    if (this.#kept.length > signalingLimits.maxKeptEvents) this.#kept.shift();
    this.#carrier?.sendNumbered(name, payload, event.number);
  }

  /** For good: who is told this does not come back to this place. */
  remove(reason: RemovalReason): void {
    if (this.#isOver) return;
    if (this.#carrier === undefined) return this.end();
    this.#carrier.remove(reason);
  }

  /**
   * Another connection carries on; the one before ends.
   * @returns what was missed since an event, in order; undefined when that is not known any more
   */
  attach(carrier: SessionCarrier, lastNumber: number): readonly NumberedEvent[] | undefined {
    const before = this.#carrier;
    this.#carrier = carrier;
    this.#graceTimer?.cancel();
    if (before === undefined) this.#options.onAway(false);
    else before.disconnect();
    const missed = this.#kept.filter(({ number }) => number > lastNumber);
    const isComplete = lastNumber <= this.#number && missed.length === this.#number - lastNumber;
    return isComplete ? missed : undefined;
  }

  /** The connection is lost; the place is kept for a while. */
  detach(carrier: SessionCarrier): void {
    if (this.#carrier !== carrier || this.#isOver) return;
    this.#carrier = undefined;
    this.#options.onAway(true);
    this.#graceTimer = this.#options.clock.schedule(resumeGraceMs, () => this.end());
  }

  /** Gives the place up. Idempotent. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#graceTimer?.cancel();
    this.#carrier = undefined;
    this.#options.onGone();
  }
}
