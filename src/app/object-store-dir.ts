/** Where the local object store lives; the same answer for the server and its recorder. */
import { join, resolve } from 'node:path';
import { type Config } from './config.ts';

export function objectStoreDir(config: Pick<Config, 'recording'>, dataDir: string): string {
  return resolve(config.recording.localStoreDir ?? join(dataDir, 'objects'));
}
