/** Lint, types, import rules, formatting, unit tests: one line each, not zero when any fails. Two at a time, long ones first. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChecks } from './lib/run-checks.mjs';

const root = path.resolve(fileURLToPath(import.meta.url), '../..');
const hasWeb = existsSync(path.join(root, 'web/src'));
const folders = ['src', 'test', 'bench', 'scripts', ...(hasWeb ? ['web'] : [])].filter((folder) =>
  existsSync(path.join(root, folder)),
);

const checks = [
  { name: 'lint', script: 'eslint/bin/eslint.js', args: ['--max-warnings=0', '.'] },
  { name: 'unit tests', script: 'vitest/vitest.mjs', args: ['run', '--project', 'unit', '--reporter=dot'] },
  { name: 'types', script: 'typescript/bin/tsc', args: ['-p', '.'] },
  ...(hasWeb ? [{ name: 'types (web)', script: 'typescript/bin/tsc', args: ['-p', 'web', '--noEmit'] }] : []),
  {
    name: 'import rules',
    script: 'dependency-cruiser/bin/dependency-cruiser.mjs',
    args: ['--config', '.dependency-cruiser.cjs', 'src', ...(hasWeb ? ['web/src'] : [])],
  },
  { name: 'formatting', script: 'prettier/bin/prettier.cjs', args: ['--check', '--log-level=warn', ...folders] },
];

process.exitCode = (await runChecks(root, checks, { concurrency: 2 })) ? 0 : 1;
