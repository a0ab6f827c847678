/**
 * Decides when a WebRTC transport gets an ICE restart, when it is rebuilt, and when the whole session must rejoin.
 * Knows no WebRTC: it is told connection states and calls the actions it was given.
 *
 * The server holds one transport per direction and frees it when it closes it or when the peer leaves. So a path that
 * broke is restarted, then left with a rejoin; only what the server has closed is rebuilt in place.
 */
import { backoffDelayMs, stageBackoff } from '../lib/backoff.ts';
import { type Scheduler, type Timer } from '../lib/scheduler.ts';
import { type LinkHealth } from './stage-status.ts';

/** Short losses (a switch of Wi-Fi cell) heal by themselves. */
export const disconnectedGraceMs = 2000;
/** Candidates are gathered and checked in well under this; after it, the path is gone. */
export const iceRestartDeadlineMs = 6000;
/** Restarts without a connection in between; their deadlines end before the server gives up on the transport (20 s). */
export const maxRestartCount = 2;
/** Rebuilds without a connection in between before the session starts over. */
export const maxRebuildCount = 4;

export interface TransportRecoveryActions {
  restartIce(): Promise<void>;
  rebuild(): Promise<void>;
  /** Nothing here helps: leave and join again. Called at most once. */
  giveUp(): void;
  onHealth(health: LinkHealth): void;
}

export class TransportRecovery {
  readonly #scheduler: Scheduler;
  readonly #actions: TransportRecoveryActions;
  readonly #random: () => number;
  #health: LinkHealth = 'healthy';
  #restartCount = 0;
  #rebuildCount = 0;
  #timer: Timer | undefined;
  #isSuspended = false;
  #isClosed = false;

  constructor(scheduler: Scheduler, actions: TransportRecoveryActions, random: () => number = Math.random) {
    this.#scheduler = scheduler;
    this.#actions = actions;
    this.#random = random;
  }

  /** True while a restart or a rebuild is under way or planned. */
  get isRecovering(): boolean {
    return this.#health === 'restarting' || this.#health === 'rebuilding';
  }

  /** @param state a connection state of RTCPeerConnection; those that say nothing new change nothing. */
  onConnectionState(state: string): void {
    if (this.#isClosed || this.#isSuspended) return;
    if (state === 'connected') {
      this.#restartCount = 0;
      this.#rebuildCount = 0;
      this.#cancelTimer();
      this.#setHealth('healthy');
    } else if (state === 'disconnected' && this.#health === 'healthy') {
      this.#setHealth('unsteady');
      this.#after(disconnectedGraceMs, () => this.#restart());
    } else if (state === 'failed' && this.#health !== 'rebuilding') {
      this.#restart();
    }
  }

  /** The server has no such transport (any more), or could not make one. */
  onMissing(): void {
    if (this.#isClosed) return;
    if (this.#isSuspended) this.#setHealth('rebuilding');
    else this.#rebuildLater();
  }

  /** The server cannot be asked for anything now. Media flows on if it can. */
  suspend(): void {
    this.#isSuspended = true;
    this.#cancelTimer();
  }

  /**
   * It can again: what was lost with the connection may have been the path of the media too, so the path is looked for
   * anew, while the old one carries on if it can.
   * @param state of the transport now; undefined while there is none
   */
  resume(state: string | undefined): void {
    if (this.#isClosed || !this.#isSuspended) return;
    this.#isSuspended = false;
    this.#restartCount = 0;
    this.#rebuildCount = 0;
    if (this.#health === 'rebuilding') return this.#rebuildLater();
    if (state === 'disconnected' || state === 'failed') return this.#restart();
    this.#setHealth('healthy');
    if (state === 'connected') this.#actions.restartIce().catch(() => this.#isClosed || this.#giveUp());
  }

  /** The transport ended and nobody needs another now. */
  reset(): void {
    this.#cancelTimer();
    if (!this.#isClosed) this.#setHealth('healthy');
  }

  /** Ends timers; later calls do nothing. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#cancelTimer();
  }

  #restart(): void {
    if (this.#restartCount >= maxRestartCount) return this.#giveUp();
    this.#restartCount += 1;
    this.#setHealth('restarting');
    this.#after(iceRestartDeadlineMs, () => this.#restart());
    this.#actions.restartIce().catch(() => {
      // Refused or unanswered: the server has another idea of this transport than we have.
      if (!this.#isClosed && this.#health === 'restarting') this.#giveUp();
    });
  }

  #rebuildLater(): void {
    if (this.#rebuildCount >= maxRebuildCount) return this.#giveUp();
    this.#setHealth('rebuilding');
    const isFirst = this.#rebuildCount === 0;
    const delayMs = isFirst ? 0 : backoffDelayMs(stageBackoff, this.#rebuildCount - 1, this.#random());
    this.#rebuildCount += 1;
    this.#after(delayMs, () => {
      this.#actions.rebuild().then(
        // A new transport stays `new` until it carries something: healthy until a state says otherwise.
        () => this.#isClosed || this.#setHealth('healthy'),
        () => this.#isClosed || this.#rebuildLater(),
      );
    });
  }

  #giveUp(): void {
    this.close();
    this.#actions.giveUp();
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
