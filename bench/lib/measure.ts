/** The process that measures: runs one bench and prints its report. Started by bench/run.ts, which tells it to stop by letting go of it. */
import { benches } from './benches.ts';
import { BenchRun } from './bench-run.ts';
import { parseCommand } from './command-line.ts';
import { exitCodes } from './exit-codes.ts';
import { startLoad } from './machine-load.ts';
import { describeMachine, describeVersions } from './machine.ts';
import { renderReport } from './report.ts';

/** Progress goes to stderr: stdout holds the report and nothing after it. */
const note = (line: string): void => console.error(`# ${line}`);

async function measure(run: BenchRun, args: readonly string[]): Promise<void> {
  const { bench, options, isJson } = parseCommand(args, benches);
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

const run = new BenchRun(note);
let isInterrupted = false;
process.once('disconnect', () => {
  isInterrupted = true;
  note('interrupted: ending everything');
  run.interrupt('the user');
});
try {
  await measure(run, process.argv.slice(2));
  process.exit(exitCodes.measured);
} catch (error) {
  if (isInterrupted) process.exit(exitCodes.interrupted);
  console.error(`Could not measure: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  process.exit(exitCodes.failed);
}
