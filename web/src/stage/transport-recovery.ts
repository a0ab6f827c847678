/**
 * Decides when a WebRTC transport gets an ICE restart, when it is rebuilt, and when the whole session must rejoin.
 * Knows no WebRTC: it is told connection states and calls the actions it was given.
 */
import { backoffDelayMs, stageBackoff } from '../lib/backoff.ts';
import { type Scheduler, type Timer } from '../lib/scheduler.ts';
import { type LinkHealth } from './stage-status.ts';

/** Short losses (a switch of Wi-Fi cell) heal by themselves. */
export const disconnectedGraceMs = 3000;
/** Candidates are gathered and checked in well under this; after it, the path is gone. */
export const iceRestartDeadlineMs = 8000;
/** Rebuilds without a connection in between before the session starts over. */
export const maxRebuildCount = 4;

export interface TransportRecoveryActions {
  restartIce(): Promise<void>;
  rebuild(): Promise<void>;
  /** Rebuilding does not help: leave and join again. Called at most once. */
  giveUp(): void;
  onHealth(health: LinkHealth): void;
}

export class TransportRecovery {
  readonly #scheduler: Scheduler;
  readonly #actions: TransportRecoveryActions;
  readonly #random: () => number;
  #health: LinkHealth = 'healthy';
  #rebuildCount = 0;
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(scheduler: Scheduler, actions: TransportRecoveryActions, random: () => number = Math.random) {
    this.#scheduler = scheduler;
    this.#actions = actions;
    this.#random = random;
  }

  /** @param state a connection state of RTCPeerConnection; unknown ones and `closed` change nothing. */
  onConnectionState(state: string): void {
    if (this.#isClosed) return;
    if (state === 'connected') {
      this.#rebuildCount = 0;
      this.#cancelTimer();
      this.#setHealth('healthy');
    } else if (state === 'disconnected' && this.#health === 'healthy') {
      this.#setHealth('unsteady');
      this.#after(disconnectedGraceMs, () => this.#restart());
    } else if (state === 'failed' && (this.#health === 'healthy' || this.#health === 'unsteady')) {
      this.#restart();
    }
  }

  /** The server has no such transport any more: a restart cannot help. */
  onServerClosed(): void {
    if (!this.#isClosed) this.#rebuildLater();
  }

  /** Ends timers; later calls do nothing. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#cancelTimer();
  }

  #restart(): void {
    this.#setHealth('restarting');
    this.#after(iceRestartDeadlineMs, () => this.#rebuildLater());
    this.#actions.restartIce().catch(() => {
      // Whatever refused the restart, a new transport is the next step.
      if (!this.#isClosed && this.#health === 'restarting') this.#rebuildLater();
    });
  }

  #rebuildLater(): void {
    if (this.#rebuildCount >= maxRebuildCount) {
      this.close();
      this.#actions.giveUp();
      return;
    }
    this.#setHealth('rebuilding');
    const isFirst = this.#rebuildCount === 0;
    const delayMs = isFirst ? 0 : backoffDelayMs(stageBackoff, this.#rebuildCount - 1, this.#random());
    this.#rebuildCount += 1;
    this.#after(delayMs, () => {
      this.#actions.rebuild().then(
        // A transport with nothing to carry stays `new`, so a success counts as healthy until a state says otherwise.
        () => this.#isClosed || this.#setHealth('healthy'),
        () => this.#isClosed || this.#rebuildLater(),
      );
    });
  }

  #setHealth(health: LinkHealth): void {
    if (health === this.#health) return;
    this.#health = health;
    this.#actions.onHealth(health);
  }

  #after(delayMs: number, callback: () => void): void {
    this.#cancelTimer();
    this.#timer = this.#scheduler.schedule(delayMs, callback);
  }

  #cancelTimer(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
