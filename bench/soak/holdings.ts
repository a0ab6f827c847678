/** What a mixer process holds at a moment: memory, with its FFmpeg processes and without, and descriptors. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { processTree } from '../../test/support/processes.ts';
import { round } from '../lib/percentiles.ts';

export interface Holdings {
  readonly rssMiB: number;
  /** Of the mixer and everything below it. */
  readonly treeRssMiB: number;
  readonly descriptors: number;
  readonly sockets: number;
}

export function holdingsOf(pid: number): Holdings {
  const targets = readdirSync(`/proc/${pid}/fd`).map((fd) => targetOf(`/proc/${pid}/fd/${fd}`));
  const tree = processTree(pid).reduce((sum, info) => sum + rssMiBOf(info.pid), 0);
  return {
    rssMiB: round(rssMiBOf(pid), 1),
    treeRssMiB: round(tree, 1),
    descriptors: targets.length,
    sockets: targets.filter((target) => target.startsWith('socket:')).length,
  };
}

/** 0 for one that has just ended. */
function rssMiBOf(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(tryTo(() => readFileSync(`/proc/${pid}/status`, 'utf8'))) ?? [];
  return Number(kilobytes ?? 0) / 1024;
}

/** Closed between the listing and the look: nothing. */
function targetOf(link: string): string {
  return tryTo(() => readlinkSync(link));
}

function tryTo(read: () => string): string {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return '';
    throw error;
  }
}
