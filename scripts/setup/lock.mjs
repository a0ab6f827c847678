/** One set-up at a time: a directory is the lock (mkdir is atomic), a file in it names the process that holds it. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  mkdirSync(path.dirname(directory), { recursive: true });
  const startedAtMs = Date.now();
  let announced = false;
  let ownerlessSinceMs;
  while (!tryTake(directory)) {
    const holder = readHolder(directory);
    if (holder === undefined) ownerlessSinceMs ??= Date.now();
    else ownerlessSinceMs = undefined;
    const isStale = holder === undefined ? Date.now() - ownerlessSinceMs > ownerlessGraceMs : !processExists(holder);
    if (isStale) {
      rmSync(directory, { recursive: true, force: true });
      ownerlessSinceMs = undefined;
      continue;
    }
    if (Date.now() - startedAtMs > maxWaitMs)
      throw new SetupError(
        `Another set-up (pid ${holder}) still runs.`,
        `Wait for it, or end it and remove ${directory}.`,
      );
    if (!announced) say(`Waiting for another set-up (pid ${holder ?? 'unknown'}) ...`);
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
  try {
    mkdirSync(directory);
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw new SetupError(
      `Cannot write ${directory}: ${error.message}`,
      'Set ROSTRUM_CACHE_DIR to a folder you may write.',
    );
  }
  writeFileSync(path.join(directory, 'pid'), String(process.pid));
  return true;
}

function readHolder(directory) {
  try {
    const pid = Number(readFileSync(path.join(directory, 'pid'), 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function processExists(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
