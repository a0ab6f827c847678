/** What /proc tells of a child process and of those it is waiting for (bubblewrap waits for the program it shut in). */
import { readFileSync } from 'node:fs';

/** Kernel ticks per second in /proc: USER_HZ, 100 on every architecture Linux runs on with Node. */
const ticksPerSec = 100;

/** The direct children of a process; none when it is gone, or where the kernel does not tell. */
export function innerPids(pid: number): number[] {
  return (readProc(`${pid}/task/${pid}/children`) ?? '').split(' ').filter(Boolean).map(Number);
}

/** CPU time in ms that a process and its direct children have used, user and system; undefined when it is gone. */
export function cpuTimeMs(pid: number): number | undefined {
  const own = ownCpuTimeMs(pid);
  if (own === undefined) return undefined;
  return innerPids(pid).reduce((sum, inner) => sum + (ownCpuTimeMs(inner) ?? 0), own);
}

/** The same of the process's first thread alone. */
export function mainThreadCpuTimeMs(pid: number): number | undefined {
  return cpuTimeIn(`${pid}/task/${pid}/stat`);
}

function ownCpuTimeMs(pid: number): number | undefined {
  return cpuTimeIn(`${pid}/stat`);
}

function cpuTimeIn(name: string): number | undefined {
  // The name in parentheses may hold anything; behind it utime and stime are the 12th and 13th field.
  const fields = readProc(name)?.split(') ').at(-1)?.split(' ');
  if (fields === undefined) return undefined;
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSec;
}

function readProc(name: string): string | undefined {
  try {
    return readFileSync(`/proc/${name}`, 'latin1');
  } catch {
    // Gone by now, or no such file in this kernel: both mean that there is nothing to tell.
    return undefined;
  }
}
