/** The server: everything that an event needs, in this process and in those that it starts. */
import { App } from '../app.ts';
import { runApp } from './run-app.ts';

export function run(): Promise<number> {
  return runApp('server', (config, logger) => new App(config, logger, (text) => process.stdout.write(`${text}\n`)));
}
