/** Order of the set-up: find out what is missing, announce it, then do it step by step under one lock. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { dependenciesAreReady, installDependencies } from './dependencies.mjs';
import { withLock } from './lock.mjs';
import { assertNodeVersion, assertPlatform } from './machine.mjs';
import { installMissingPackages, missingTools, warnWithout } from './os-packages.mjs';
import { SetupError, say } from './report.mjs';
import { provideS3Server, s3ServerIsReady } from './s3-server.mjs';
import { buildWeb, webIsReady } from './web-build.mjs';
import { cacheDir, pinnedMediasoupVersion } from './worker-cache.mjs';
import { provideWorker, workerIsReady } from './worker.mjs';

const purposes = ['start', 'test', 'check'];

/** @returns {Promise<number>} exit code */
export async function main(argv) {
  try {
    await setUp(parsePurpose(argv), path.resolve(fileURLToPath(import.meta.url), '../../..'));
    return 0;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`\n✗ ${error.message}\n${error.fix === '' ? '' : `  Fix: ${error.fix}\n`}`);
    return 1;
  }
}

/** `--for X`, default `start`. */
export function parsePurpose(argv) {
  if (argv.length === 0) return 'start';
  const [flag, purpose] = argv;
  if (flag === '--for' && purposes.includes(purpose) && argv.length === 2) return purpose;
  throw new SetupError(`Unknown arguments: ${argv.join(' ')}`, `node scripts/setup.mjs --for ${purposes.join('|')}`);
}

async function setUp(purpose, root) {
  assertNodeVersion(process.versions.node);
  assertPlatform(process.platform);
  const needs = findNeeds(purpose, root);
  if (needs.isEmpty) return;
  announce(needs);
  await withLock(path.join(cacheDir(), 'setup.lock'), async () => {
    // Another set-up may have done the work while this one waited.
    const left = findNeeds(purpose, root);
    const workerWillBeMissing = left.worker;
    if (left.tools.length > 0) await installMissingPackages(left.tools);
    if (left.dependencies) await installDependencies(root);
    // npm ci empties node_modules, and with it the worker's place.
    if (workerWillBeMissing || (purpose !== 'check' && !workerIsReady(root))) await provideWorker(root);
    if (purpose !== 'check' && !webIsReady(root)) await buildWeb(root);
    if (left.s3Server) await provideS3Server(root);
  });
}

function findNeeds(purpose, root) {
  const tools = missingTools(purpose);
  const dependencies = !dependenciesAreReady(root);
  const worker = purpose !== 'check' && !workerIsReady(root);
  const web = purpose !== 'check' && !webIsReady(root);
  const s3Server = purpose === 'test' && !s3ServerIsReady();
  // Optional tools alone are no reason to take the lock on a machine where they cannot be installed.
  const isEmpty = !dependencies && !worker && !web && !s3Server && !tools.some(isWorthTrying);
  if (isEmpty) warnWithout(tools);
  return { tools, dependencies, worker, web, s3Server, isEmpty };
}

function isWorthTrying(tool) {
  return tool.isRequired || process.getuid?.() === 0;
}

function announce(needs) {
  const steps = [
    ...(needs.tools.length > 0 ? [`Debian packages: ${needs.tools.map((tool) => tool.package).join(' ')}`] : []),
    ...(needs.dependencies ? ['npm packages from package-lock.json (about a minute)'] : []),
    ...(needs.worker
      ? [`mediasoup worker ${pinnedMediasoupVersion()}: from the cache, else downloaded, else built (3 to 4 minutes)`]
      : []),
    ...(needs.web ? ['web pages (a few seconds)'] : []),
    ...(needs.s3Server
      ? ['S3 server for tests: Debian packages of Ceph, unpacked into the cache (half a minute)']
      : []),
  ];
  say(`Setting up Rostrum:\n${steps.map((step) => `  - ${step}`).join('\n')}`);
}
