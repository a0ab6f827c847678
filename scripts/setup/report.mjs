/** What the set-up prints, and the one kind of failure it ends with. */

/** A failure the operator can do something about. `fix` is one sentence or command; empty when there is none. */
export class SetupError extends Error {
  constructor(message, fix = '') {
    super(message);
    this.fix = fix;
  }
}

export function say(line) {
  process.stdout.write(`${line}\n`);
}

export function warn(line) {
  process.stderr.write(`! ${line}\n`);
}

/** Runs one step and prints its line with the time it took. The step returns what to print, or undefined for nothing. */
export async function step(work) {
  const startedAtMs = Date.now();
  const done = await work();
  if (done !== undefined) say(`✓ ${done} (${formatDuration(Date.now() - startedAtMs)})`);
}

/** 950 ms -> `1 s`, 75 000 ms -> `1 min 15 s`. Pure. */
export function formatDuration(durationMs) {
  const totalSec = Math.max(1, Math.round(durationMs / 1000));
  const minutes = Math.floor(totalSec / 60);
  const seconds = totalSec % 60;
  if (minutes === 0) return `${seconds} s`;
  return seconds === 0 ? `${minutes} min` : `${minutes} min ${seconds} s`;
}
