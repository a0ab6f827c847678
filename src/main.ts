/**
 * Entry point of every role: the server by default; `--role mixer` and `--role recorder` for its child processes;
 * `--role origin` for more origins; and of the commands, which come by their name: `hls-check URL`.
 */
import { parseArgs } from 'node:util';

/** Loaded one at a time: a mixer that is to replace a dead one must not wait for the server's modules. */
const roles: Readonly<Record<string, () => Promise<{ run(): Promise<number> }>>> = {
  server: () => import('./app/roles/server-role.ts'),
  mixer: () => import('./app/roles/mixer-role.ts'),
  recorder: () => import('./app/roles/recorder-role.ts'),
  origin: () => import('./app/roles/origin-role.ts'),
};

const [command, ...rest] = process.argv.slice(2);
if (command === 'hls-check') {
  const { run } = await import('./app/roles/hls-check-command.ts');
  process.exit(await run(rest));
}
const { values } = parseArgs({ options: { role: { type: 'string', default: 'server' } } });
const load = roles[values.role];
if (load === undefined) {
  process.stderr.write(`Unknown role "${values.role}"; roles are ${Object.keys(roles).join(', ')}.\n`);
  process.exit(2);
}
const role = await load();
process.exit(await role.run());
