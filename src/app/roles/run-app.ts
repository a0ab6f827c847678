/** Runs the app of this process: configuration, start, a signal, close; and says what a person needs to know. */
import { RostrumError } from '../../core/errors.ts';
import { type Lifecycle } from '../../core/lifecycle.ts';
import { createLogger, type Logger } from '../../core/logger.ts';
import { readConfig, type Config } from '../config.ts';

/** @returns what to tell the person at the terminal */
type Startable = Lifecycle & { start(): Promise<string> };

/** Exit codes: 0 ended by a signal, 1 an error of ours, 2 something the operator has to correct. */
export async function runApp(role: string, create: (config: Config, logger: Logger) => Startable): Promise<number> {
  let config: Config;
  try {
    config = readConfig(process.env);
  } catch (error) {
    return refuse(error);
  }
  const logger = createLogger({ level: config.app.logLevel, role });
  const app = create(config, logger);
  const signal = nextSignal();
  try {
    const greeting = await app.start();
    process.stdout.write(`${greeting}\n`);
  } catch (error) {
    await app.close('start failed');
    return refuse(error);
  }
  guardAgainstStrays(logger);
  const reason = await signal;
  logger.info({ reason }, 'stopping');
  await app.close(reason);
  return 0;
}

/** SIGHUP is the terminal's window being closed: as good a reason to end in order as the others. */
function nextSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => resolve(name));
  });
}

/** An error nobody awaited is a fault to mend, but no reason to end every event on this machine. */
function guardAgainstStrays(logger: Logger): void {
  process.on('unhandledRejection', (error) => logger.error({ error }, 'unhandled rejection'));
  process.on('uncaughtException', (error) => logger.error({ error }, 'uncaught exception'));
}

function refuse(error: unknown): number {
  if (error instanceof RostrumError) {
    process.stderr.write(`\nRostrum did not start: ${error.toReply().message}\n(${error.code})\n`);
    return error.fault === 'caller' ? 2 : 1;
  }
  process.stderr.write(
    `\nRostrum did not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return 1;
}
