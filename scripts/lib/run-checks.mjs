/**
 * Runs checks of the toolchain in parallel; prints a line for each, the whole output of those that fail, and what those
 * that passed did not check: their lines that begin with `! `.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';

/**
 * @param {string} root checkout
 * @param {{name: string, script: string, args: string[]}[]} checks script: path below node_modules
 * @returns {Promise<boolean>} true when all passed
 */
export async function runChecks(root, checks, { concurrency }) {
  const waiting = [...checks];
  const startedAtMs = Date.now();
  let failedCount = 0;
  const work = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const { exitCode, output, durationMs } = await run(root, check);
      if (exitCode !== 0) failedCount++;
      const time = `(${(durationMs / 1000).toFixed(1)} s)`;
      const shown = exitCode === 0 ? leftOut(output) : `${output}\n`;
      process.stdout.write(`${exitCode === 0 ? '✓' : '✗'} ${check.name} ${time}\n${shown}`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  const total = `${((Date.now() - startedAtMs) / 1000).toFixed(1)} s`;
  process.stdout.write(`${checks.length - failedCount} of ${checks.length} checks passed in ${total}\n`);
  return failedCount === 0;
}

/** The lines of a check's output that say what it left out, each once. Pure. */
export function leftOut(output) {
  const lines = [...new Set(output.split('\n').filter((line) => line.startsWith('! ')))];
  return lines.map((line) => `  ${line}\n`).join('');
}

async function run(root, check) {
  const startedAtMs = Date.now();
  const node = path.join(root, 'node_modules/.bin/node');
  const child = spawn(node, [path.join(root, 'node_modules', check.script), ...check.args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const exitCode = await new Promise((resolve) => {
    child.once('error', (error) => {
      output += error.message;
      resolve(1);
    });
    child.once('close', (code) => resolve(code ?? 1));
  });
  return { exitCode, output, durationMs: Date.now() - startedAtMs };
}
