/**
 * Runs every test and ends with the line `N passed, N failed`; arguments go on to vitest.
 * Not zero when anything failed, nothing ran, a file did not load, or an error had no owner.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { summarize } from './lib/test-summary.mjs';

const root = path.resolve(fileURLToPath(import.meta.url), '../..');
const reportDirectory = mkdtempSync(path.join(os.tmpdir(), 'rostrum-test-'));
const reportFile = path.join(reportDirectory, 'report.json');
const [node, vitest] = ['.bin/node', 'vitest/vitest.mjs'].map((file) => path.join(root, 'node_modules', file));
const args = [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];

const child = spawn(node, [...args, ...process.argv.slice(2)], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.once('error', (error) => finish(1, error.message));
child.once('close', (code) => finish(code ?? 1));

function finish(exitCode, problem) {
  const report = existsSync(reportFile) ? JSON.parse(readFileSync(reportFile, 'utf8')) : undefined;
  rmSync(reportDirectory, { recursive: true, force: true });
  const { line, isGreen, remarks } = summarize(report, exitCode);
  if (problem !== undefined) process.stdout.write(`${problem}\n`);
  for (const remark of remarks) process.stdout.write(`${remark}\n`);
  process.stdout.write(`${line}\n`);
  process.exitCode = isGreen ? 0 : 1;
}
