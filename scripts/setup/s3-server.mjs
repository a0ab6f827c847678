/** The S3 server of the tests: Debian's packages of Ceph, unpacked into the cache. Tests alone need it. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { step, warn } from './report.mjs';
import { runCommand } from './run-command.mjs';
import { hasCommand } from './machine.mjs';
import { cacheDir } from './worker-cache.mjs';

/** Where scripts/s3-server/start.sh finds the programs. */
export function s3ServerPackages(env = process.env) {
  return path.join(cacheDir(env), 's3-server');
}

/** True also where it cannot be had: then its tests say so. */
export function s3ServerIsReady() {
  return existsSync(path.join(s3ServerPackages(), 'usr/bin/radosgw')) || !hasCommand('apt-get');
}

export async function provideS3Server(root) {
  await step(async () => {
    const script = path.join(root, 'scripts/s3-server/unpack.sh');
    try {
      await runCommand('bash', [script, s3ServerPackages()], { what: 'Unpacking the S3 server of the tests' });
    } catch (error) {
      warn(error.message);
      return 'S3 server: missing, its tests fail';
    }
    return 'S3 server for tests';
  });
}
