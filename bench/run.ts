/** `npm run bench -- NAME [--json]`: runs one bench and prints what it measured, where, and against whom. */
import { type Bench } from './lib/bench.ts';
import { BenchRun } from './lib/bench-run.ts';
import { type Command, parseCommand, UsageError } from './lib/command-line.ts';
import { startLoad } from './lib/machine-load.ts';
import { describeMachine, describeVersions } from './lib/machine.ts';
import { renderReport } from './lib/report.ts';
import { latencyBench } from './latency.ts';
import { mixerBench } from './mixer.ts';
import { recordingBench } from './recording.ts';
import { startBench } from './start.ts';

const benches: readonly Bench[] = [latencyBench, mixerBench, startBench, recordingBench];
const exitCodes = { measured: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** Progress goes to stderr: stdout holds the report and nothing after it. */
const note = (line: string): void => console.error(`# ${line}`);

async function measure({ bench, options, isJson }: Command, run: BenchRun): Promise<void> {
  const { load, warnings: loadWarnings } = startLoad();
  for (const warning of loadWarnings) note(`warning: ${warning}`);
  note(`${bench.name}: ${bench.summary}`);
  const startedAt = new Date().toISOString();
  const { fields, conditions, warnings } = await run.run(bench, options);
  const report = {
    bench: bench.name,
    ...fields,
    peer: bench.peer,
    warnings: [...loadWarnings, ...warnings],
    conditions: { ...conditions, options, startedAt, loadAverageAtStart: load },
    machine: describeMachine(),
    versions: describeVersions(),
  };
  console.log(renderReport(report));
  if (isJson) console.log(JSON.stringify(report));
}

async function main(args: readonly string[]): Promise<number> {
  let command: Command;
  try {
    command = parseCommand(args, benches);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    return exitCodes.usage;
  }
  const run = new BenchRun(note);
  let signal: string | undefined;
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      signal = name;
      run.interrupt(name);
    });
  }
  try {
    await measure(command, run);
    return exitCodes.measured;
  } catch (error) {
    console.error(
      `${command.bench.name} could not measure: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    return signal === undefined ? exitCodes.failed : exitCodes.interrupted;
  }
}

process.exit(await main(process.argv.slice(2)));
