#!/usr/bin/env node
/** The `rostrum` command (package.json, `bin`): src/main.ts on the Node that comes as a dependency, whatever runs this. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(fileURLToPath(import.meta.url), '../..');
const own = path.join(root, 'node_modules/.bin/node');
const node = existsSync(own) ? own : process.execPath;
const child = spawn(node, [path.join(root, 'src/main.ts'), ...process.argv.slice(2)], { stdio: 'inherit' });
// A terminal interrupts both; what else reaches only this process is passed on.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.once('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
});
child.once('exit', (code, signal) => {
  process.exitCode = signal === null ? (code ?? 1) : 1;
});
