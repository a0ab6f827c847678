/** What the machine must be before anything is tried. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { SetupError } from './report.mjs';

const minNodeMajor = 20;

/** @param {string} version as in process.versions.node */
export function assertNodeVersion(version) {
  if (Number(version.split('.')[0]) >= minNodeMajor) return;
  throw new SetupError(
    `Node ${version} is too old.`,
    `Install Node ${minNodeMajor} or newer (Debian and Ubuntu: nodesource).`,
  );
}

/** @param {string} platform as in process.platform */
export function assertPlatform(platform) {
  if (platform === 'linux') return;
  throw new SetupError(
    `Rostrum runs on Linux, this is ${platform}.`,
    'Use Debian 12, Ubuntu 24.04 or a container of them.',
  );
}

/** True when the program is on PATH (sbin directories included: daemons live there and users' PATHs often lack them). */
export function hasCommand(name, env = process.env) {
  const directories = [...(env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/sbin', '/usr/local/sbin'];
  return directories.some((directory) => directory !== '' && existsSync(path.join(directory, name)));
}
