/** docs/errors.md: every error code of every catalog. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ErrorCatalog } from '../../src/core/errors.ts';
import { code, generatedPage, table } from './markdown.ts';
import { readRepositoryFile, repositoryFiles, repositoryRoot } from './repository.ts';

export interface FoundCatalog {
  /** File that declares it. */
  readonly file: string;
  readonly name: string;
  readonly catalog: ErrorCatalog;
}

const preface = `A code is \`AREA_REASON\`, never changes its meaning and is never used again for another one. HTTP answers carry
\`{"error": {"code", "message", "details"}}\`, socket.io acknowledgements \`{"ok": false, "error": {...}}\` with the same three
fields; the log carries the code too. Decide on the code, never on the text.

- **fault** says who has to change something: the \`caller\`, the remote \`peer\`, a \`destination\` we write to, or we ourselves (\`internal\`).
- **retry** \`yes\`: the same call may succeed later without a change by the caller.
- **HTTP** is the status when the error answers an HTTP request; many never do.`;

/** All catalogs in the sources, found by how they are declared, so that a new one cannot be forgotten. */
export async function findCatalogs(): Promise<FoundCatalog[]> {
  const found: FoundCatalog[] = [];
  for (const file of repositoryFiles('src/**/*.ts')) {
    const names = [...readRepositoryFile(file).matchAll(/^export const (\w+) = \{$/gm)].map((match) => match[1]!);
    if (!readRepositoryFile(file).includes('satisfies ErrorCatalog')) continue;
    const exported = (await import(pathToFileURL(path.join(repositoryRoot, file)).href)) as Record<string, unknown>;
    for (const name of names.filter((candidate) => candidate.endsWith('ErrorCatalog')))
      found.push({ file, name, catalog: exported[name] as ErrorCatalog });
  }
  return found;
}

export async function errorsPage(): Promise<string> {
  const sections = (await findCatalogs()).map(({ file, catalog }) => {
    const rows = Object.entries(catalog).map(([errorCode, spec]) => [
      code(errorCode),
      String(spec.httpStatus),
      spec.fault,
      spec.retryable ? 'yes' : 'no',
      spec.summary,
      spec.fix,
    ]);
    return `## ${path.dirname(file)}\n${table(['code', 'HTTP', 'fault', 'retry', 'what happened', 'what to do'], rows)}`;
  });
  return generatedPage('Error codes', [preface, ...sections]);
}
