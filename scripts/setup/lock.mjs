/** One set-up at a time: a directory is the lock (mkdir is atomic), a file in it names the process that holds it, by pid and start time. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SetupError, say } from './report.mjs';

/** The holder writes its pid right after mkdir; a lock that stays without one this long was left by a crash. */
const ownerlessGraceMs = 5000;

/**
 * Runs `work` while holding the lock; waits for another holder, takes over from a dead one.
 * @param {{maxWaitMs?: number, pollMs?: number}} options maxWaitMs: 20 min covers a build on a slow machine
 */
export async function withLock(directory, work, options = {}) {
  const { maxWaitMs = 20 * 60_000, pollMs = 500 } = options;
  makeParents(directory);
  const startedAtMs = Date.now();
  let announced = false;
  let ownerlessSinceMs;
  while (!tryTake(directory)) {
    const holder = readHolder(directory);
    if (holder === undefined) ownerlessSinceMs ??= Date.now();
    else ownerlessSinceMs = undefined;
    const isStale = holder === undefined ? Date.now() - ownerlessSinceMs > ownerlessGraceMs : !isAlive(holder);
    if (isStale) {
      rmSync(directory, { recursive: true, force: true });
      ownerlessSinceMs = undefined;
      continue;
    }
    if (Date.now() - startedAtMs > maxWaitMs)
      throw new SetupError(
        `Another set-up (pid ${holder.pid}) still runs.`,
        `Wait for it, or end it and remove ${directory}.`,
      );
    if (!announced) say(`Waiting for another set-up (pid ${holder?.pid ?? 'unknown'}) ...`);
    announced = true;
    await delay(pollMs);
  }
  try {
    return await work();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function tryTake(directory) {
  if (!makeFolder(directory)) return false;
  writeFileSync(path.join(directory, 'pid'), `${process.pid} ${processStart(process.pid) ?? ''}`);
  return true;
}

/** One by one: Node's own recursive mkdir never returns where the system answers ENOENT for good, as below /proc. */
function makeParents(directory) {
  const parent = path.dirname(directory);
  if (existsSync(parent)) return;
  makeParents(parent);
  makeFolder(parent);
}

/** False when it is there already. */
function makeFolder(directory) {
  try {
    mkdirSync(directory);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw new SetupError(
      `Cannot write ${directory}: ${error.message}`,
      'Set ROSTRUM_CACHE_DIR to a folder you may write.',
    );
  }
}

/** Undefined while the holder has not written its name yet, or did not live to. */
function readHolder(directory) {
  try {
    const [pid, start] = readFileSync(path.join(directory, 'pid'), 'utf8').split(' ');
    return Number(pid) > 0 && start ? { pid: Number(pid), start } : undefined;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A pid alone may belong to another program by now. */
function isAlive(holder) {
  return processStart(holder.pid) === holder.start;
}

/** In clock ticks since boot: field 22 of proc(5), 20 after the name, which may hold blanks. */
function processStart(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return undefined;
    throw error;
  }
}
