/** The data folder: made, proven writable, and held by one program at a time. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve, join } from 'node:path';
import { randomId } from '../core/ids.ts';
import { appError } from './errors.ts';

export interface DataDir {
  readonly path: string;
  /** Lets another program use the folder. Idempotent. */
  release(): void;
}

/** @throws APP_DATA_DIR_UNWRITABLE, APP_DATA_DIR_IN_USE (fault: caller) naming the absolute path. */
export function openDataDir(configured: string): DataDir {
  const path = resolve(configured);
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const probe = join(path, `.write-probe-${randomId()}`);
    writeFileSync(probe, 'probe');
    rmSync(probe);
  } catch (cause) {
    throw appError('APP_DATA_DIR_UNWRITABLE', {
      cause,
      message: `The data folder ${path} cannot be written (${(cause as NodeJS.ErrnoException).code}).`,
    });
  }
  const lock = join(path, 'rostrum.pid');
  takeLock(lock, path);
  return { path, release: () => rmSync(lock, { force: true }) };
}

/** A lock file left by a killed program names a process that is gone, or is another program by now. */
function takeLock(lock: string, path: string): void {
  const own = `${process.pid} ${processStart(process.pid) ?? ''}`;
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(lock, own, { flag: 'wx', mode: 0o600 });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const [pid = '', start = ''] = readFileSync(lock, 'utf8').split(' ');
    if (processStart(Number(pid)) === start && start !== '') {
      throw appError('APP_DATA_DIR_IN_USE', {
        message: `Another Rostrum (process ${pid}) is running on the data folder ${path}.`,
      });
    }
    rmSync(lock, { force: true });
  }
}

/** When a process started, in clock ticks since boot (proc(5), field 22): a pid alone may have been reused. */
function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
