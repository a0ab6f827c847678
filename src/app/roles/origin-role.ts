/** An origin process beside the server, on this machine or another: `--role origin`. */
import { OriginApp } from '../origin/origin-app.ts';
import { runApp } from './run-app.ts';

export function run(): Promise<number> {
  return runApp('origin', (config, logger) => new OriginApp(config, logger));
}
