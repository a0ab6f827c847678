/** Where the repository is and which files it has, for everything that reads the sources as text. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url));

/** Paths that match, relative to the root, sorted; nothing that was installed or built. */
export function repositoryFiles(pattern: string): string[] {
  const isForeign = (name: string) => /(^|\/)(node_modules|dist|data|coverage|\.git)(\/|$)/.test(name);
  return globSync(pattern, { cwd: repositoryRoot })
    .map((name) => name.split(path.sep).join('/'))
    .filter((name) => !isForeign(name))
    .sort();
}

export function readRepositoryFile(name: string): string {
  return readFileSync(path.join(repositoryRoot, name), 'utf8');
}
