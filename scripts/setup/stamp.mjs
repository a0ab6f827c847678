/** What the last set-up left behind: node_modules/.rostrum-setup.json, so that it vanishes together with node_modules. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

function stampPath(root) {
  return path.join(root, 'node_modules', '.rostrum-setup.json');
}

/** @returns {{worker?: string, web?: string}} empty when there is none or it is unreadable */
export function readStamp(root) {
  if (!existsSync(stampPath(root))) return {};
  try {
    const stamp = JSON.parse(readFileSync(stampPath(root), 'utf8'));
    return typeof stamp === 'object' && stamp !== null ? stamp : {};
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return {};
  }
}

export function updateStamp(root, changes) {
  const temporary = `${stampPath(root)}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify({ ...readStamp(root), ...changes }, null, 2)}\n`);
  renameSync(temporary, stampPath(root));
}

/** SHA-256 over names and contents of the files and folders given, in a stable order; missing ones count as empty. */
export function hashPaths(root, relativePaths, isIgnored = () => false) {
  const hash = createHash('sha256');
  const add = (relative) => {
    const absolute = path.join(root, relative);
    if (isIgnored(relative) || !existsSync(absolute)) return;
    const entries = listFolder(absolute);
    if (entries === undefined) hash.update(`${relative}\0`).update(readFileSync(absolute)).update('\0');
    else for (const name of entries.sort()) add(path.join(relative, name));
  };
  for (const relative of relativePaths) add(relative);
  return hash.digest('hex');
}

function listFolder(absolute) {
  try {
    return readdirSync(absolute);
  } catch (error) {
    if (error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}
