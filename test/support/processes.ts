/** Processes as /proc shows them: descendants, arguments, and the proof that none is left. */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { waitFor } from './wait-for.ts';

export interface ProcessInfo {
  readonly pid: number;
  readonly parentPid: number;
  /** argv; empty for kernel threads and zombies. */
  readonly args: readonly string[];
  /** A zombie has ended and waits for its parent to notice. */
  readonly isZombie: boolean;
}

export function listProcesses(): ProcessInfo[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readProcess(Number(name)))
    .filter((info) => info !== undefined);
}

/** The process and everything below it that runs, parents first. Orphans that were adopted meanwhile are not found. */
export function processTree(pid: number): ProcessInfo[] {
  const all = listProcesses();
  const found = all.filter((info) => info.pid === pid);
  for (const parent of found) found.push(...all.filter((info) => info.parentPid === parent.pid));
  return found.filter((info) => !info.isZombie);
}

export function isRunning(pid: number): boolean {
  const info = readProcess(pid);
  return info !== undefined && !info.isZombie;
}

/** True when it runs that Rostrum role (`--role mixer`), or is that program (`ffmpeg`, `mediasoup-worker`, `turnserver`). */
export function hasRole(info: ProcessInfo, role: string): boolean {
  const roleIndex = info.args.indexOf('--role');
  if (roleIndex !== -1 && info.args[roleIndex + 1] === role) return true;
  return path.basename(info.args[0] ?? '') === role;
}

/** SIGKILL for all of them; those that have gone already are no error. */
export function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** @throws Error naming those that still run after `deadlineMs` */
export async function assertNoneLeft(pids: readonly number[], deadlineMs = 5000): Promise<void> {
  const left = () => pids.filter(isRunning).map((pid) => `${pid} ${readProcess(pid)?.args.join(' ').slice(0, 80)}`);
  await waitFor('processes to end', () => left().length === 0, { deadlineMs }).catch(() => {
    if (left().length > 0) throw new Error(`Processes left after ${deadlineMs} ms:\n${left().join('\n')}`);
  });
}

function readProcess(pid: number): ProcessInfo | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything; the fields after its last parenthesis are fixed.
    const [state, parentPid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
    return { pid, parentPid: Number(parentPid), args, isZombie: state === 'Z' || state === 'X' };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}
