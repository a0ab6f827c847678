/** Where the mediasoup worker is kept between checkouts, and which version this checkout wants. */
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SetupError } from './report.mjs';

const lockfileUrl = new URL('../../package-lock.json', import.meta.url);

/** ROSTRUM_CACHE_DIR, else $XDG_CACHE_HOME/rostrum, else ~/.cache/rostrum. */
export function cacheDir(env = process.env) {
  return env.ROSTRUM_CACHE_DIR ?? path.join(env.XDG_CACHE_HOME ?? path.join(homeDir(), '.cache'), 'rostrum');
}

function homeDir() {
  try {
    return os.homedir();
  } catch (error) {
    throw new SetupError(
      `This user has no home folder: ${error.message}`,
      'Set ROSTRUM_CACHE_DIR to a folder you may write.',
    );
  }
}

export function pinnedMediasoupVersion() {
  return JSON.parse(readFileSync(lockfileUrl, 'utf8')).packages['node_modules/mediasoup'].version;
}

export function cachedWorkerPath(env = process.env) {
  return path.join(cacheDir(env), `mediasoup-worker-${pinnedMediasoupVersion()}`);
}

/** Where mediasoup itself looks, so that nobody has to be told. */
export function installedWorkerPath(root) {
  return path.join(root, 'node_modules/mediasoup/worker/out/Release/mediasoup-worker');
}
