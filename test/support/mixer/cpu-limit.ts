/** Gives processes less CPU than they want, as a full machine does: stopped and continued by what they have used. */
import { systemClock, type Timer } from '../../../src/core/clock.ts';
import { cpuTimeMs } from '../../../src/mixer/ffmpeg/child-processes.ts';

const periodMs = 20;

/** CPU that is not used is not saved up for longer than this. */
const savedForMs = 100;

interface Account {
  readonly atMs: number;
  readonly usedMs: number;
  /** ms of CPU that it may use now. */
  readonly balanceMs: number;
}

export class CpuLimit {
  readonly #cores: number;
  readonly #pids: () => readonly number[];
  readonly #accounts = new Map<number, Account>();
  readonly #timer: Timer;

  /** @param pids asked anew all the time: each process has `cores` from the moment it is seen. */
  constructor(cores: number, pids: () => readonly number[]) {
    this.#cores = cores;
    this.#pids = pids;
    this.#timer = systemClock.repeat(periodMs, () => this.#apply());
  }

  lift(): void {
    this.#timer.cancel();
    for (const pid of this.#accounts.keys()) signal(pid, 'SIGCONT');
  }

  #apply(): void {
    const nowMs = systemClock.nowMs();
    for (const pid of this.#pids()) {
      const usedMs = cpuTimeMs(pid);
      if (usedMs === undefined) continue;
      const before = this.#accounts.get(pid) ?? { atMs: nowMs, usedMs, balanceMs: 0 };
      const earnedMs = this.#cores * (nowMs - before.atMs);
      const balanceMs = Math.min(this.#cores * savedForMs, before.balanceMs + earnedMs - (usedMs - before.usedMs));
      this.#accounts.set(pid, { atMs: nowMs, usedMs, balanceMs });
      signal(pid, balanceMs < 0 ? 'SIGSTOP' : 'SIGCONT');
    }
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself: there is nothing left to limit.
  }
}
