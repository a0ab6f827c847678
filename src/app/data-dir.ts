/** The data folder: made, proven writable, and held by one program at a time. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
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
  const lock = takeLock(path);
  // Only for the message below: who holds the folder is the kernel's to know.
  const pidFile = join(path, pidFileName);
  writeFileSync(pidFile, String(process.pid), { mode: 0o600 });
  return {
    path,
    release: () => {
      if (!lock.isOpen) return;
      rmSync(pidFile, { force: true });
      lock.close();
    },
  };
}

const pidFileName = 'rostrum.pid';
/** SQLite's result code for a lock that somebody else holds. */
const sqliteBusy = 5;

/**
 * A lock of the kernel's, by way of SQLite because Node has none of its own: it ends with the process, however that
 * ends, so none is ever stale; and of two starters at the same moment exactly one gets it. Children do not inherit it.
 */
function takeLock(path: string): DatabaseSync {
  const file = join(path, 'lock.sqlite');
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(file);
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (cause) {
    lock?.close();
    const { errcode, message } = cause as Error & { errcode?: number };
    if (errcode === sqliteBusy)
      throw appError('APP_DATA_DIR_IN_USE', {
        message: `Another Rostrum${holderName(path)} is running on the data folder ${path}.`,
      });
    throw appError('APP_DATA_DIR_UNWRITABLE', { cause, message: `The lock ${file} cannot be taken (${message}).` });
  }
}

function holderName(path: string): string {
  const pidFile = join(path, pidFileName);
  const pid = existsSync(pidFile) ? readFileSync(pidFile, 'utf8') : '';
  return /^\d+$/.test(pid) ? ` (process ${pid})` : '';
}
