/**
 * Lint, types, import rules, formatting, unit tests: one line each, not zero when any fails. Two at a time, long ones first.
 * What tools learned in the last run is kept below node_modules, and used only where it holds: see each.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChecks } from './lib/run-checks.mjs';
import { hashPaths } from './setup/stamp.mjs';

const root = path.resolve(fileURLToPath(import.meta.url), '../..');
const hasWeb = existsSync(path.join(root, 'web/src'));
const folders = ['src', 'test', 'bench', 'scripts', ...(hasWeb ? ['web'] : [])].filter((folder) =>
  existsSync(path.join(root, folder)),
);

const cache = path.join(root, 'node_modules/.cache/rostrum-check');

/**
 * Rules with types look at other files than the one they judge, so ESLint's cache, which asks only whether that one has
 * changed, holds for exactly one state of everything: it spares the lint when only documents or styles changed.
 */
function lintCache() {
  const judged = [...folders, 'vitest.config.ts', 'tsconfig.json', 'eslint.config.mjs', 'package-lock.json'];
  const name = `eslint-${hashPaths(root, judged, (relative) => relative === 'web/dist' || /\.(css|md)$/.test(relative))}`;
  for (const other of existsSync(cache) ? readdirSync(cache) : [])
    if (other.startsWith('eslint-') && other !== name) rmSync(path.join(cache, other));
  return ['--cache', '--cache-strategy=content', '--cache-location', path.join(cache, name)];
}

/** The compiler knows by itself what a change touches. */
function typesCache(name) {
  return ['--incremental', '--tsBuildInfoFile', path.join(cache, `${name}.tsbuildinfo`)];
}

/** Formatting is a matter of one file, its options and the version, all of which are in the key. */
const formatCache = ['--cache', '--cache-strategy=content', `--cache-location=${path.join(cache, 'prettier')}`];

const checks = [
  { name: 'lint', script: 'eslint/bin/eslint.js', args: ['--max-warnings=0', ...lintCache(), '.'] },
  { name: 'unit tests', script: 'vitest/vitest.mjs', args: ['run', '--project', 'unit', '--reporter=dot'] },
  { name: 'types', script: 'typescript/bin/tsc', args: ['-p', '.', ...typesCache('types')] },
  ...(hasWeb
    ? [
        {
          name: 'types (web)',
          script: 'typescript/bin/tsc',
          args: ['-p', 'web', '--noEmit', ...typesCache('types-web')],
        },
      ]
    : []),
  {
    name: 'import rules',
    script: 'dependency-cruiser/bin/dependency-cruiser.mjs',
    args: ['--config', '.dependency-cruiser.cjs', 'src', ...(hasWeb ? ['web/src'] : [])],
  },
  {
    name: 'formatting',
    script: 'prettier/bin/prettier.cjs',
    args: ['--check', '--log-level=warn', ...formatCache, ...folders],
  },
];

process.exitCode = (await runChecks(root, checks, { concurrency: 2 })) ? 0 : 1;
