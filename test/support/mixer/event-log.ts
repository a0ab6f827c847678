/** Collects a mixer's events and lets a test wait for what has to come. */
import { systemClock } from '../../../src/core/clock.ts';
import { withDeadline } from '../../../src/core/lifecycle.ts';
import { type MixerEvent } from '../../../src/mixer/ports.ts';

type EventOf<Type extends MixerEvent['type']> = Extract<MixerEvent, { type: Type }>;

export class EventLog {
  readonly events: MixerEvent[] = [];
  readonly #waiters = new Set<() => void>();

  readonly push = (event: MixerEvent): void => {
    this.events.push(event);
    for (const waiter of [...this.#waiters]) waiter();
  };

  of<Type extends MixerEvent['type']>(type: Type): EventOf<Type>[] {
    return this.events.filter((event): event is EventOf<Type> => event.type === type);
  }

  /** Init and fragments of one rendition. */
  media(renditionId: string): { init: Uint8Array; fragments: Uint8Array[] } {
    const init = this.of('init').find((event) => event.renditionId === renditionId);
    if (init === undefined) throw new Error(`There is no init of ${renditionId}.`);
    const fragments = this.of('fragment').filter((event) => event.renditionId === renditionId);
    return { init: init.bytes, fragments: fragments.map((event) => event.bytes) };
  }

  /** Resolves when `condition` holds after some event; rejects after `deadlineMs` of real time. */
  async until(what: string, condition: () => boolean, deadlineMs = 20_000): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const check = (): void => {
      if (condition()) resolve();
    };
    this.#waiters.add(check);
    check();
    try {
      await withDeadline(promise, deadlineMs, systemClock, what);
    } finally {
      this.#waiters.delete(check);
    }
  }
}
