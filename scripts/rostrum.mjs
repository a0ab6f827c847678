#!/usr/bin/env node
/** The `rostrum` command (package.json, `bin`): src/main.ts on the Node that comes as a dependency, whatever runs this. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';

const root = path.resolve(fileURLToPath(import.meta.url), '../..');
const own = path.join(root, 'node_modules/.bin/node');
const node = existsSync(own) ? own : process.execPath;
const child = spawn(node, [path.join(root, 'src/main.ts'), ...process.argv.slice(2)], { stdio: 'inherit' });
// What reaches only this process is passed on; a terminal interrupts both.
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
process.on('SIGINT', () => {
  if (!isatty(0)) child.kill('SIGINT');
});
child.once('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
});
child.once('exit', (code, signal) => {
  process.exitCode = signal === null ? (code ?? 2) : 128 + os.constants.signals[signal];
});
