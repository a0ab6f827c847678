/** Runs one command to its end, keeps the last lines of its output for the failure message. */
import { spawn } from 'node:child_process';
import { SetupError } from './report.mjs';

const keptLineCount = 30;

/**
 * @param {string} command  program, found on PATH
 * @param {string[]} args
 * @param {{what: string, fix?: string, env?: NodeJS.ProcessEnv, cwd?: string, onLine?: (line: string) => void}} options
 * @returns {Promise<void>} when it exits with 0
 * @throws SetupError naming what failed, with the last lines of the log
 */
export async function runCommand(command, args, options) {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = [];
  const keep = (line) => {
    lines.push(line);
    if (lines.length > keptLineCount) lines.shift();
    options.onLine?.(line);
  };
  splitLines(child.stdout, keep);
  splitLines(child.stderr, keep);
  const outcome = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code === 0 ? undefined : `exit ${code ?? signal}`));
  });
  if (outcome === undefined) return;
  const log = lines.map((line) => `    ${line}`).join('\n');
  throw new SetupError(`${options.what} failed: ${command} ${args.join(' ')} (${outcome})\n${log}`, options.fix);
}

function splitLines(stream, onLine) {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text) => {
    const parts = (rest + text).split(/[\r\n]+/);
    rest = parts.pop();
    for (const line of parts) if (line !== '') onLine(line);
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}
