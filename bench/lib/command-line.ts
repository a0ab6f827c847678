/** The bench command's arguments. Pure. */
import { parseArgs } from 'node:util';
import { type Bench } from './bench.ts';

export interface Command {
  readonly bench: Bench;
  readonly options: Readonly<Record<string, number>>;
  readonly isJson: boolean;
}

/** The command cannot be understood; the message tells a person what would be. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @param args what follows the script's name. @throws UsageError */
export function parseCommand(args: readonly string[], benches: readonly Bench[]): Command {
  const [name, ...rest] = args;
  const bench = benches.find((candidate) => candidate.name === name);
  if (bench === undefined) throw new UsageError(usage(name, benches));
  const { json, ...given } = readArgs(bench, rest);
  const options = Object.fromEntries(
    Object.entries(bench.options).map(([option, { fallback, min, max }]) => {
      const text = given[option];
      const value = text === undefined ? fallback : Number(text);
      if (!Number.isInteger(value) || value < min || value > max)
        throw new UsageError(`--${option} must be a whole number from ${min} to ${max}, not "${String(text)}".`);
      return [option, value];
    }),
  );
  return { bench, options, isJson: json === true };
}

function readArgs(bench: Bench, args: readonly string[]): Record<string, string | boolean | undefined> {
  const known = Object.fromEntries(
    Object.entries(bench.options).map(([option, { isFlag }]) => [
      option,
      { type: isFlag === true ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  try {
    return parseArgs({ args: [...args], options: { ...known, json: { type: 'boolean' as const } } }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${describe(bench)}`);
  }
}

function usage(name: string | undefined, benches: readonly Bench[]): string {
  const complaint = name === undefined ? 'Which bench?' : `There is no bench "${name}".`;
  return [complaint, 'npm run bench -- NAME [--json] [options]', ...benches.map(describe)].join('\n');
}

function describe({ name, summary, options }: Bench): string {
  const lines = Object.entries(options).map(([option, { fallback, help, isFlag }]) =>
    isFlag === true ? `      --${option}  ${help}` : `      --${option} N  ${help} (${fallback})`,
  );
  return [`  ${name}: ${summary}`, ...lines].join('\n');
}
