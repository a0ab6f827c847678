/** The mediasoup worker: named by the operator, else cached, else downloaded, else built; then put where mediasoup looks. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { SetupError, say, step } from './report.mjs';
import { readStamp, updateStamp } from './stamp.mjs';
import { buildWorker } from './worker-build.mjs';
import { cachedWorkerPath, installedWorkerPath, pinnedMediasoupVersion } from './worker-cache.mjs';
import { downloadWorker } from './worker-download.mjs';

/** mediasoup-worker answers a start without MEDIASOUP_VERSION in its environment with this exit code (its main.cpp). */
const runsExitCode = 41;

export function workerIsReady(root) {
  const installed = installedWorkerPath(root);
  return existsSync(installed) && readStamp(root).worker === workerKey(installed);
}

export async function provideWorker(root) {
  await step(async () => {
    const { source, how } = await findOrMakeWorker(root);
    const installed = installedWorkerPath(root);
    mkdirSync(path.dirname(installed), { recursive: true });
    // Rename, so that a worker that is running from the old file is not disturbed.
    copyFileSync(source, `${installed}.${process.pid}`);
    renameSync(`${installed}.${process.pid}`, installed);
    updateStamp(root, { worker: workerKey(installed) });
    return `mediasoup worker ${pinnedMediasoupVersion()} (${how})`;
  });
}

function workerKey(installed) {
  return `${pinnedMediasoupVersion()} ${process.env.ROSTRUM_MEDIASOUP_WORKER_BIN ?? ''} ${statSync(installed).size}`;
}

async function findOrMakeWorker(root) {
  const named = process.env.ROSTRUM_MEDIASOUP_WORKER_BIN;
  if (named !== undefined) {
    if (workerRuns(named)) return { source: named, how: 'ROSTRUM_MEDIASOUP_WORKER_BIN' };
    throw new SetupError(
      `ROSTRUM_MEDIASOUP_WORKER_BIN is ${named}, which does not run here as a mediasoup worker.`,
      'Name an executable mediasoup-worker, or unset it to have one downloaded or built.',
    );
  }
  const cached = cachedWorkerPath();
  if (workerRuns(cached)) return { source: cached, how: 'cached' };
  mkdirSync(path.dirname(cached), { recursive: true });
  const candidate = `${cached}.${process.pid}`;
  const refusal = await downloadWorker(root, candidate);
  if (refusal === undefined && workerRuns(candidate)) {
    renameSync(candidate, cached);
    return { source: cached, how: 'downloaded' };
  }
  say(`  No prebuilt mediasoup worker (${refusal ?? 'it does not run here'}); building it, 3 to 4 minutes on 2 cores.`);
  await buildWorker(root, candidate);
  if (!workerRuns(candidate)) throw new SetupError('The mediasoup worker was built but does not run.');
  renameSync(candidate, cached);
  return { source: cached, how: 'built' };
}

function workerRuns(file) {
  return existsSync(file) && spawnSync(file, [], { env: {}, stdio: 'ignore', timeout: 5000 }).status === runsExitCode;
}
