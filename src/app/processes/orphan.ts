/** A child that outlived its killed parent: noted down when it starts, recognised and ended at the parent's next start. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type Clock } from '../../core/clock.ts';
import { pause } from '../../core/pause.ts';

const termGraceMs = 2000;
/** A killed process is gone at once, unless the kernel holds it in a disk wait. */
const killGraceMs = 1000;
const pollPeriodMs = 20;

export interface OrphanEnd {
  readonly pid: number;
  readonly isGone: boolean;
}

/** Writes down who was started. Does nothing for a child that never ran or has ended already. */
export function noteChild(noteFile: string, pid: number | undefined): void {
  const start = pid === undefined ? undefined : processStart(pid);
  if (start !== undefined) writeFileSync(noteFile, `${pid} ${start}`, { mode: 0o600 });
}

/**
 * Ends the process noted, with SIGTERM and then SIGKILL, when it is still that very one: same start time, and
 * `argument` among its own. Removes the note. Undefined when there was nothing to end. Takes 3 s at most.
 */
export async function endOrphan(options: {
  noteFile: string;
  argument: string;
  clock: Clock;
}): Promise<OrphanEnd | undefined> {
  const { noteFile, argument, clock } = options;
  const [pidText = '', start = ''] = (readText(noteFile) ?? '').split(' ');
  rmSync(noteFile, { force: true });
  const pid = Number(pidText);
  if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
  const isGone = () => processStart(pid) !== start;
  if (isGone() || !(readText(`/proc/${pid}/cmdline`) ?? '').split('\0').includes(argument)) return undefined;
  const steps = [
    { signal: 'SIGTERM', graceMs: termGraceMs },
    { signal: 'SIGKILL', graceMs: killGraceMs },
  ] as const;
  for (const { signal, graceMs } of steps) {
    if (!trySignal(pid, signal) || (await becomesTrue(isGone, graceMs, clock))) break;
  }
  return { pid, isGone: isGone() };
}

/**
 * When a process started, in clock ticks since boot (proc(5), field 22): a pid alone may have been reused. Undefined
 * when it is gone, which a zombie is once its last thread has ended: only then are its sockets closed.
 */
function processStart(pid: number): string | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  // From field 3 on: the program's name before it may hold blanks.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  const [state, threadCount, start] = [fields[0], fields[17], fields[19]];
  return state === 'Z' && Number(threadCount) <= 1 ? undefined : start;
}

/** Undefined when it is not there, or went away while it was read. */
function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** False when it is gone or belongs to another user: the caller looks which. */
function trySignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

async function becomesTrue(test: () => boolean, deadlineMs: number, clock: Clock): Promise<boolean> {
  const deadlineAtMs = clock.nowMs() + deadlineMs;
  while (!test()) {
    if (clock.nowMs() >= deadlineAtMs) return false;
    await pause(clock, pollPeriodMs);
  }
  return true;
}
