/** `npm run docs`: writes the pages that are made from the sources. Tests fail when a committed page differs. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { configPage } from './docs/config-page.ts';
import { errorsPage } from './docs/errors-page.ts';
import { hlsCheckPage } from './docs/hls-check-page.ts';
import { metricsPage } from './docs/metrics-page.ts';
import { repositoryRoot } from './docs/repository.ts';

/** Text by path, relative to the repository's root. */
export async function generatedPages(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['docs/config.md', configPage()],
    ['docs/errors.md', await errorsPage()],
    ['docs/hls-check.md', hlsCheckPage()],
    ['docs/metrics.md', await metricsPage()],
  ]);
}

if (import.meta.main) {
  for (const [name, text] of await generatedPages()) {
    writeFileSync(path.join(repositoryRoot, name), text);
    process.stdout.write(`${name}\n`);
  }
}
