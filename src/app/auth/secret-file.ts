/** Small secrets in the data folder: whole or absent whatever happens while one is written, mode 0600, never logged. */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appError } from '../errors.ts';

/**
 * Reads `name` below `dataDir`; undefined when it is absent. `parse` throws for a text that is not that secret.
 * @throws APP_SECRET_UNUSABLE (fault: caller) naming the file: a lost secret is replaced only by the operator's will
 */
export function readSecret<T>(dataDir: string, name: string, parse: (text: string) => T): T | undefined {
  const path = join(dataDir, name);
  const unusable = (why: string, cause?: unknown) =>
    appError('APP_SECRET_UNUSABLE', { cause, message: `The secret file ${path} ${why}.` });
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw unusable(`cannot be read (${code})`, cause);
  }
  if (text === '') throw unusable('is empty');
  try {
    return parse(text);
  } catch (cause) {
    throw unusable('does not hold what was written there', cause);
  }
}

/**
 * Writes `name` below `dataDir` for good: after a crash or a power cut it is there in full, or as it was before.
 * @throws APP_DATA_DIR_UNWRITABLE (fault: caller), with nothing left behind
 */
export function writeSecret(dataDir: string, name: string, value: string): void {
  const path = join(dataDir, name);
  const temporary = `${path}.new`;
  try {
    // One that a killed start left: a mode is honoured only when the file is made.
    rmSync(temporary, { force: true });
    writeFileSync(temporary, `${value}\n`, { mode: 0o600, flag: 'wx', flush: true });
    renameSync(temporary, path);
    syncFolder(dataDir);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw appError('APP_DATA_DIR_UNWRITABLE', {
      cause,
      message: `The secret file ${path} cannot be written (${(cause as NodeJS.ErrnoException).code}).`,
    });
  }
}

/** 256 random bits, URL-safe. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** A rename is durable only with the folder that holds the name. */
function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
