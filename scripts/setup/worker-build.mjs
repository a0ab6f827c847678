/** Builds the mediasoup worker from the npm package's own sources against Debian's libraries, showing progress. */
import path from 'node:path';
import { requirePackages, workerBuildPackages } from './os-packages.mjs';
import { formatDuration, say } from './report.mjs';
import { runCommand } from './run-command.mjs';

const stepPercent = 10;

export async function buildWorker(root, output) {
  await requirePackages(workerBuildPackages);
  const progress = createBuildProgress(Date.now);
  await runCommand(
    path.join(root, 'scripts/mediasoup-worker/build.sh'),
    [path.join(root, 'node_modules/mediasoup'), output],
    {
      what: 'Building the mediasoup worker',
      fix: 'See the lines above; or set ROSTRUM_MEDIASOUP_WORKER_BIN to a worker built elsewhere.',
      onLine(line) {
        const report = progress(line);
        if (report !== undefined) say(report);
      },
    },
  );
}

/**
 * Turns ninja's `[n/m] ...` lines into a line per ten percent with an estimate of what is left. Pure but for `nowMs`.
 * @returns {(line: string) => string|undefined}
 */
export function createBuildProgress(nowMs) {
  let startedAtMs;
  let nextPercent = stepPercent;
  return (line) => {
    const match = /^\[(\d+)\/(\d+)\]/.exec(line);
    if (match === null) return undefined;
    startedAtMs ??= nowMs();
    const [done, total] = [Number(match[1]), Number(match[2])];
    const percent = Math.floor((done / total) * 100);
    if (percent < nextPercent || done === 0) return undefined;
    nextPercent = percent - (percent % stepPercent) + stepPercent;
    const leftMs = ((nowMs() - startedAtMs) / done) * (total - done);
    return percent >= 100 ? '  100 %' : `  ${percent} % (about ${formatDuration(leftMs)} left)`;
  };
}
