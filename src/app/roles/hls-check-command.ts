/** `hls-check URL`: checks a stream and prints what it found. Needs no configuration and starts nothing. */
import { parseArgs } from 'node:util';
import { systemClock } from '../../core/clock.ts';
import { RostrumError } from '../../core/errors.ts';
import { checkStream, formatReport, type StreamCheckOptions } from '../../hls/index.ts';

/** 0: no errors. 1: errors found. 2: wrong usage, or nothing to check. */
const exitCodes = { clean: 0, errorsFound: 1, unusable: 2 } as const;

const usage = `Usage: hls-check URL [--seconds N] [--json] [--allow-origin ORIGIN]...
  URL             multivariant or media playlist, http or https
  --seconds N     how long a live stream is followed: 5 to 86400, 60 by default
  --json          the report as one JSON object
  --allow-origin  another origin that the stream may lead to; may be given several times
Exit code: 0 no errors, 1 errors found, 2 wrong usage or nothing to check.
`;

interface Command {
  readonly url: string;
  readonly seconds: number;
  readonly isJson: boolean;
  readonly allowedOrigins: readonly string[];
}

/** @returns undefined when the arguments make no sense. Pure. */
export function parseHlsCheckArguments(args: readonly string[]): Command | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        seconds: { type: 'string', default: '60' },
        json: { type: 'boolean', default: false },
        'allow-origin': { type: 'string', multiple: true, default: [] },
      },
    });
    const [url] = positionals;
    const seconds = /^[0-9]{1,5}$/.test(values.seconds) ? Number(values.seconds) : NaN;
    if (url === undefined || positionals.length !== 1 || !(seconds >= 5 && seconds <= 86_400)) return undefined;
    return { url, seconds, isJson: values.json, allowedOrigins: values['allow-origin'] };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS') === true) return undefined;
    throw error;
  }
}

/** @param args what follows `hls-check`. @returns exit code */
export async function run(args: readonly string[]): Promise<number> {
  const command = parseHlsCheckArguments(args);
  if (command === undefined) {
    process.stderr.write(usage);
    return exitCodes.unusable;
  }
  const stop = new AbortController();
  // The first interrupt ends the check with its report, the second the process.
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  const { isJson, ...rest } = command;
  const options: StreamCheckOptions = { ...rest, clock: systemClock, signal: stop.signal };
  try {
    const report = await checkStream(options);
    await write(isJson ? `${JSON.stringify(report)}\n` : formatReport(report));
    return report.errorCount === 0 ? exitCodes.clean : exitCodes.errorsFound;
  } catch (error) {
    if (!(error instanceof RostrumError)) throw error;
    process.stderr.write(`${error.toReply().message} (${error.code})\n`);
    return exitCodes.unusable;
  }
}

/** Waits until a pipe has taken it all: the process exits right after. */
function write(text: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(text, () => resolve()));
}
