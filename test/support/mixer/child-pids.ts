/** Looks at the system's processes: who are the children of one, and is it still there. */
import { readdirSync, readFileSync } from 'node:fs';

/** Process ids of the direct children of `parentPid`. */
export function childPids(parentPid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => statOf(pid)?.parentPid === parentPid);
}

/** False once the process is gone or only waits to be reaped. */
export function isAlive(pid: number): boolean {
  const stat = statOf(pid);
  return stat !== undefined && stat.state !== 'Z';
}

function statOf(pid: number): { state: string; parentPid: number } | undefined {
  try {
    const [state, parentPid] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return { state: state!, parentPid: Number(parentPid) };
  } catch {
    // Gone between the listing and the look.
    return undefined;
  }
}
