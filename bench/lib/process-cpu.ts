/** CPU time of a process and everything below it, from /proc, told apart by kind of process. */
import { readFileSync } from 'node:fs';
import { type ProcessInfo, processTree } from '../../test/support/processes.ts';

/** One process at one moment; ticks of USER_HZ. */
export interface ProcessTimes {
  readonly pid: number;
  readonly kind: string;
  /** utime + stime. */
  readonly ownTicks: number;
  /** cutime + cstime: children that ended and were waited for, and theirs. */
  readonly endedChildTicks: number;
}

export interface TreeSample {
  readonly atMs: number;
  readonly processes: readonly ProcessTimes[];
}

/** USER_HZ, the unit of /proc/pid/stat: 100 on every architecture that Node runs on, whatever the kernel's own HZ. */
const ticksPerSec = 100;

/** Own and ended children's times of one line of /proc/pid/stat (proc(5), fields 14 to 17). */
export function parseStatTimes(stat: string): { ownTicks: number; endedChildTicks: number } {
  // The name in parentheses may hold anything; the fields after its last parenthesis are fixed, the first is number 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  return { ownTicks: field(14) + field(15), endedChildTicks: field(16) + field(17) };
}

/** @param kindOf names a process by its arguments */
export function sampleTree(rootPid: number, kindOf: (info: ProcessInfo) => string): TreeSample {
  const processes: ProcessTimes[] = [];
  for (const info of processTree(rootPid)) {
    const stat = readStat(info.pid);
    if (stat !== undefined) processes.push({ pid: info.pid, kind: kindOf(info), ...parseStatTimes(stat) });
  }
  return { atMs: performance.now(), processes };
}

/**
 * Cores used between two samples, whole and by kind. What ended in between is in the whole, as kind `ended`, as long
 * as its parent waited for it and lives.
 * @throws Error when no time passed or the root is gone
 */
export function coresBetween(
  before: TreeSample,
  after: TreeSample,
): { readonly cores: number; readonly coresByKind: Readonly<Record<string, number>> } {
  const elapsedSec = (after.atMs - before.atMs) / 1000;
  if (elapsedSec <= 0) throw new Error('CPU was sampled twice at the same moment.');
  if (after.processes[0] === undefined) throw new Error('The measured process has ended.');
  const previous = new Map(before.processes.map((process) => [process.pid, process]));
  const ticksByKind: Record<string, number> = {};
  const add = (kind: string, ticks: number): void => {
    ticksByKind[kind] = (ticksByKind[kind] ?? 0) + ticks;
  };
  let endedTicks = 0;
  for (const { pid, kind, ownTicks, endedChildTicks } of after.processes) {
    const then = previous.get(pid);
    add(kind, ownTicks - (then?.ownTicks ?? 0));
    endedTicks += endedChildTicks - (then?.endedChildTicks ?? 0);
    previous.delete(pid);
  }
  // What a process had used before the interval went over to its parent when it ended.
  for (const gone of previous.values()) endedTicks -= gone.ownTicks + gone.endedChildTicks;
  if (endedTicks > 0) add('ended', endedTicks);
  const cores = (ticks: number): number => Number((ticks / ticksPerSec / elapsedSec).toFixed(3));
  return {
    cores: cores(Object.values(ticksByKind).reduce((sum, ticks) => sum + ticks, 0)),
    coresByKind: Object.fromEntries(Object.entries(ticksByKind).map(([kind, ticks]) => [kind, cores(ticks)])),
  };
}

function readStat(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}
