/** The npm packages, as package-lock.json pins them; `node` 24 for the scripts is one of them. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { step } from './report.mjs';
import { runCommand } from './run-command.mjs';
import { cachedWorkerPath } from './worker-cache.mjs';

/** npm writes this file at the end of an installation that succeeded, so it also knows of one done by hand. */
const installedLockfile = 'node_modules/.package-lock.json';

export function dependenciesAreReady(root) {
  const installed = path.join(root, installedLockfile);
  if (!existsSync(installed) || !existsSync(path.join(root, 'node_modules/.bin/node'))) return false;
  const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
  return lockfileIsInstalled(read(path.join(root, 'package-lock.json')), read(installed));
}

/** True when every package of `wanted` is in `installed` in that version; optional ones may be absent. Pure. */
export function lockfileIsInstalled(wanted, installed) {
  return Object.entries(wanted.packages).every(([location, entry]) => {
    if (location === '') return true;
    const found = installed.packages[location];
    if (found === undefined) return entry.optional === true || entry.devOptional === true;
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

export async function installDependencies(root) {
  await step(async () => {
    await runCommand('npm', ['ci', '--include=dev', '--ignore-scripts=false', '--no-audit', '--no-fund'], {
      what: 'Installing the npm packages',
      fix: 'Check the connection to the npm registry (npm ping), then start again.',
      cwd: root,
      env: nestedNpmEnv(process.env, root),
    });
    return 'npm packages';
  });
}

/** Settings that say where packages come from; everything else npm hands to its scripts belongs to the outer command. */
const keptNpmSettings = new Set(
  [
    'registry',
    'userconfig',
    'globalconfig',
    'cafile',
    'ca',
    'strict_ssl',
    'proxy',
    'https_proxy',
    'noproxy',
    'cache',
  ].map((name) => `npm_config_${name}`),
);

/**
 * Environment of an npm inside an npm script. PATH loses node_modules/.bin, because npm ci deletes the Node in there
 * while it runs; MEDIASOUP_WORKER_BIN tells mediasoup's postinstall to leave the worker to us. Pure.
 */
export function nestedNpmEnv(env, root) {
  const nested = Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !/^(npm_.*|NODE|INIT_CWD)$/i.test(name) || keptNpmSettings.has(name.toLowerCase()),
    ),
  );
  const own = path.join(root, 'node_modules');
  const isOurs = (directory) => directory.startsWith(own) || directory.endsWith('node-gyp-bin');
  nested.PATH = (env.PATH ?? '')
    .split(path.delimiter)
    .filter((directory) => !isOurs(directory))
    .join(path.delimiter);
  nested.MEDIASOUP_WORKER_BIN = cachedWorkerPath();
  return nested;
}
