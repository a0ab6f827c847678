/** The folder of all spools: opening it alone, finding what an earlier life left, removing what is finished. */
import { createServer, type Server } from 'node:net';
import { randomUUID } from 'node:crypto';
import { type Dirent } from 'node:fs';
import { open, readdir, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Clock } from '../../core/clock.ts';
import { idPattern } from '../../core/ids.ts';
import { pause } from '../../core/pause.ts';
import { makeFolderDurable, syncFolder } from '../durable-files.ts';
import { recordingError } from '../errors.ts';
import { sha256Of } from '../hashing.ts';
import { journalName } from './spool-layout.ts';

/** `<dataDir>/spool`, created and proven writable. @throws REC_DATA_DIR_UNWRITABLE naming the path */
export async function prepareSpoolFolder(dataDir: string): Promise<string> {
  const path = join(dataDir, 'spool');
  try {
    await makeFolderDurable(path);
    const probe = join(path, `.probe-${randomUUID()}`);
    const handle = await open(probe, 'wx');
    await handle.close();
    await rm(probe);
    return await realpath(path);
  } catch (cause) {
    const message = `The data folder ${dataDir} cannot be written.`;
    throw recordingError('REC_DATA_DIR_UNWRITABLE', { cause, message, details: { path: dataDir } });
  }
}

export interface SpoolLock {
  release(): Promise<void>;
}

/**
 * Only one recorder may write a spool. The lock is a listening socket with an abstract name (Linux): the kernel frees
 * it the moment its process is gone, kill -9 included, so no stale lock is ever left.
 * Waits up to `waitMs` for a dying predecessor. @throws REC_SPOOL_LOCKED
 */
export async function lockSpoolFolder(
  path: string,
  options: { readonly clock: Clock; readonly waitMs: number; readonly signal: AbortSignal },
): Promise<SpoolLock> {
  const name = `\0rostrum-spool-${sha256Of(path).slice(0, 32)}`;
  const deadlineAtMs = options.clock.nowMs() + options.waitMs;
  for (;;) {
    const server = await tryListen(name);
    if (server !== undefined) return { release: () => new Promise((resolve) => server.close(() => resolve())) };
    if (options.clock.nowMs() >= deadlineAtMs || options.signal.aborted) {
      throw recordingError('REC_SPOOL_LOCKED', { details: { path } });
    }
    await pause(options.clock, 100, options.signal);
  }
}

async function tryListen(name: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  const { promise, resolve, reject } = Promise.withResolvers<Server | undefined>();
  server.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') resolve(undefined);
    else reject(error);
  });
  server.listen(name, () => resolve(server));
  return promise;
}

/** Session ids of the spools that lie there, in name order. Names that are no session id are reported. */
export async function listSpools(path: string, onForeign: (name: string) => void): Promise<string[]> {
  const entries: Dirent[] = await readdir(path, { withFileTypes: true });
  for (const entry of entries) if (!isSpool(entry)) onForeign(entry.name);
  return entries
    .filter(isSpool)
    .map((entry) => entry.name)
    .sort();
}

function isSpool(entry: Dirent): boolean {
  return entry.isDirectory() && idPattern.test(entry.name);
}

/**
 * Removes media first and the journal last: whatever interrupts it, the next start knows that it was finished. What was
 * kept of a damaged spool moves up, for inspection: only an operator removes it.
 */
export async function removeSpoolFolder(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.includes('.damaged-')) await rename(join(folder, name), `${folder}.${name}`);
    else if (name !== journalName) await rm(join(folder, name), { recursive: true, force: true });
  }
  await syncFolder(folder);
  await rm(folder, { recursive: true, force: true });
  await syncFolder(dirname(folder));
}
