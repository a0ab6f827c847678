/** Structured logs: fields first, short constant message, one line per state change; secrets are redacted by name. */
import { pino } from 'pino';

export type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  child(bindings: LogFields): Logger;
}

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

const secretNames = [
  'token',
  'apiKey',
  'password',
  'credential',
  'secret',
  'authorization',
  'iceParameters',
  'dtlsParameters',
];

/** Lines that standard output does not take (disk full, reader gone) are dropped: a log must not end an event. */
export function createLogger(options: { level: LogLevel; role: string }): Logger {
  if (process.stdout.listenerCount('error') === 0) process.stdout.on('error', () => undefined);
  return pino(
    {
      level: options.level,
      base: { role: options.role },
      redact: { paths: secretNames.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
      serializers: { error: pino.stdSerializers.err },
    },
    { write: (line: string) => process.stdout.write(line) },
  );
}

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};
