/** One life for everything that owns something: forward-only states, one close, a deadline, reverse-order release. */
import { type Clock, systemClock } from './clock.ts';
import { coreError } from './errors.ts';

export type LifecycleState = 'new' | 'starting' | 'running' | 'draining' | 'closed' | 'failed';

const order: Record<LifecycleState, number> = { new: 0, starting: 1, running: 2, draining: 3, closed: 4, failed: 4 };

/** Why something closed; shows in logs and cause events. */
export type CloseReason = string;

type Release = (reason: CloseReason) => void | Promise<void>;

/**
 * Base of every owner. Subclasses register what they own with `own`; `close` releases it in reverse order,
 * once, within `closeDeadlineMs`, whatever throws. Closing a parent closes its children through their releases.
 */
export abstract class Lifecycle implements AsyncDisposable {
  readonly #releases: { name: string; release: Release }[] = [];
  readonly #closeListeners = new Set<(reason: CloseReason) => void>();
  readonly #clock: Clock;
  readonly #closeDeadlineMs: number;
  #state: LifecycleState = 'new';
  #closing: Promise<void> | undefined;
  #closeReason: CloseReason | undefined;

  constructor(options: { clock?: Clock; closeDeadlineMs?: number } = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#closeDeadlineMs = options.closeDeadlineMs ?? 10_000;
  }

  get state(): LifecycleState {
    return this.#state;
  }

  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  get closeReason(): CloseReason | undefined {
    return this.#closeReason;
  }

  /** Moves forward; a step back is a programming error. */
  protected advanceTo(next: LifecycleState): void {
    if (order[next] < order[this.#state] || (order[this.#state] === 4 && next !== this.#state)) {
      throw coreError('CORE_INTERNAL', { message: `Lifecycle cannot go from ${this.#state} to ${next}.` });
    }
    this.#state = next;
  }

  /** Registers something to release at close, last in first out. Runs at once when already closing. */
  protected own(name: string, release: Release): void {
    if (this.#closing === undefined) this.#releases.push({ name, release });
    else void this.#releaseLate(name, release);
  }

  protected assertOpen(): void {
    if (this.isClosed) throw coreError('CORE_CLOSED', { details: { reason: this.#closeReason } });
  }

  /** Cause event: called once, after everything owned was released. */
  onClosed(listener: (reason: CloseReason) => void): void {
    if (this.#state === 'closed' || this.#state === 'failed') listener(this.#closeReason ?? 'closed');
    else this.#closeListeners.add(listener);
  }

  /** Idempotent: every call returns the same promise. Never rejects; releases that fail are reported as a count. */
  close(reason: CloseReason): Promise<void> {
    this.#closeReason ??= reason;
    this.#closing ??= this.#release(reason);
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close('disposed');
  }

  /** Called with each release that threw or ran into the deadline. */
  protected onReleaseFailed(_name: string, _error: unknown): void {}

  async #release(reason: CloseReason): Promise<void> {
    // Yield first, so that `close` has stored its promise before any release can call back into it.
    await Promise.resolve();
    if (order[this.#state] < order.draining) this.#state = 'draining';
    const deadlineAtMs = this.#clock.nowMs() + this.#closeDeadlineMs;
    for (let owned = this.#releases.pop(); owned !== undefined; owned = this.#releases.pop()) {
      try {
        await this.#beforeDeadline(owned.release, reason, Math.max(0, deadlineAtMs - this.#clock.nowMs()));
      } catch (error) {
        this.onReleaseFailed(owned.name, error);
      }
    }
    this.#state = 'closed';
    for (const listener of this.#closeListeners) listener(reason);
    this.#closeListeners.clear();
  }

  async #releaseLate(name: string, release: Release): Promise<void> {
    try {
      await release(this.#closeReason ?? 'closed');
    } catch (error) {
      this.onReleaseFailed(name, error);
    }
  }

  async #beforeDeadline(release: Release, reason: CloseReason, leftMs: number): Promise<void> {
    await withDeadline(Promise.resolve(release(reason)), leftMs, this.#clock, 'close');
  }
}

/** Rejects with CORE_DEADLINE when `work` takes longer than `deadlineMs`; the work itself goes on unobserved. */
export async function withDeadline<T>(work: Promise<T>, deadlineMs: number, clock: Clock, what: string): Promise<T> {
  work.catch(() => undefined);
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = clock.schedule(deadlineMs, () =>
    reject(coreError('CORE_DEADLINE', { message: `${what} took longer than ${Math.round(deadlineMs)} ms.` })),
  );
  try {
    return await Promise.race([work, promise]);
  } finally {
    timer.cancel();
  }
}
