/** Bench `origin`: how many viewers one core of the origin carries, directly and behind the Varnish edge. */
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { startVarnishEdge } from '../test/support/varnish-edge.ts';
import { waitFor } from '../test/support/wait-for.ts';
import { type BenchContext, defineBench } from './lib/bench.ts';
import { busyWarnings, watchMachine } from './lib/machine-load.ts';
import { BenchChild } from './lib/origin/bench-child.ts';
import {
  type IssuedTokens,
  type IssueTokens,
  type LoadReport,
  type LoadStart,
  type OriginReady,
  type OriginSample,
} from './lib/origin/messages.ts';
import { type PhaseResult, summarize } from './lib/origin/phase-summary.ts';
import { round } from './lib/percentiles.ts';
import { coresBetween, sampleTree, type TreeSample } from './lib/process-cpu.ts';

/** Encoding the clip on a busy machine. */
const readyDeadlineMs = 180_000;
const webinarId = 'bench';

type Context = BenchContext<'viewers' | 'seconds' | 'settle' | 'generators' | 'edge' | 'private'>;

export const originBench = defineBench({
  name: 'origin',
  summary: 'viewers per core of the LL-HLS origin, directly and behind the Varnish edge',
  peer: 'Nobody publishes requests or viewers per core of an LL-HLS origin. Context: SRS 4.0, 4000 players on 94 % of one core, 600 kbit/s, protocol not said (its documentation, 2021).',
  options: {
    viewers: { fallback: 1000, min: 1, max: 20_000, help: 'viewers at once, each with 432p and the sound' },
    seconds: { fallback: 20, min: 3, max: 600, help: 'how long each phase is measured' },
    settle: { fallback: 8, min: 1, max: 120, help: 'seconds before that, in which the viewers come' },
    generators: { fallback: 0, min: 0, max: 64, help: 'processes that make the load; 0 takes one per two cores' },
    edge: { fallback: 1, min: 0, max: 1, help: '1 measures behind a Varnish edge as well, 0 does not' },
    private: {
      fallback: 0,
      min: 0,
      max: 1,
      isFlag: true,
      help: 'a private program: a token of its own for each viewer',
    },
  },
  async run(context) {
    const { options, defer, note } = context;
    note('encoding the clip');
    const origin = new BenchChild('origin-process.ts', ['--expose-gc']);
    defer(() => origin.close());
    const { port, partDurationSec } = await origin.next<OriginReady>(readyDeadlineMs);
    const direct = await measure(context, { origin, port, name: 'direct', viewerCount: options.viewers });
    const phases = [direct];
    const fields: Record<string, unknown> = {
      direct: fieldsOf(direct),
      viewersPerOriginCore: Math.round(direct.viewers / direct.cores),
      heapBytesPerHeldViewer: Math.round(direct.viewersHeapBytes / options.viewers),
      residentMegabytes: round(direct.residentBytes / 1e6, 0),
    };
    if (options.edge === 1) {
      const edge = await startVarnishEdge(`http://127.0.0.1:${port}`);
      defer(() => edge.close());
      const behind = { origin, port: edge.port, edgePid: edge.pid };
      const one = await measure(context, { ...behind, name: 'edge with 1 viewer', viewerCount: 1 });
      const all = await measure(context, { ...behind, name: 'edge', viewerCount: options.viewers });
      phases.push(one, all);
      fields.edge = { ...fieldsOf(all), originRequestsPerSec: all.originRequestsPerSec, edgeCores: all.edgeCores };
      fields.edgeWithOneViewer = { ...fieldsOf(one), originRequestsPerSec: one.originRequestsPerSec };
      fields.viewersPerEdgeCore = Math.round(all.viewers / (all.edgeCores ?? NaN));
    }
    return {
      fields,
      conditions: {
        partDurationMs: round(partDurationSec * 1000, 1),
        barMs: round(partDurationSec * 1200, 1),
        viewer:
          '432p and sound: a chain of blocking reloads with delta updates, and every part, over 4 keep-alive connections',
        path: 'load, edge and origin on this one machine, over loopback, HTTP/1.1',
        loadCores: Object.fromEntries(phases.map(({ name, loadCores }) => [name, loadCores])),
        busyRatio: Object.fromEntries(phases.map(({ name, busyRatio }) => [name, busyRatio])),
      },
      warnings: phases.flatMap((phase) => [
        ...busyWarnings(phase.busyRatio, phase.name),
        ...phase.problems.map((problem) => `${phase.name}: ${problem}`),
      ]),
    };
  },
});

interface Phase {
  readonly name: string;
  readonly origin: BenchChild;
  readonly port: number;
  readonly viewerCount: number;
  readonly edgePid?: number;
}

interface MeasuredPhase extends PhaseResult {
  readonly name: string;
  readonly cores: number;
  readonly edgeCores: number | undefined;
  readonly loadCores: number;
  readonly busyRatio: number;
  /** What the origin no longer holds when they are gone. */
  readonly viewersHeapBytes: number;
  readonly residentBytes: number;
}

async function measure(context: Context, phase: Phase): Promise<MeasuredPhase> {
  const { options, signal, note } = context;
  const { name, origin, viewerCount } = phase;
  const processCount = Math.min(viewerCount, options.generators || Math.ceil(availableParallelism() / 2));
  const generators = Array.from({ length: processCount }, () => new BenchChild('load-process.ts'));
  for (const generator of generators) context.defer(() => generator.close());
  note(`${name}: ${viewerCount} viewer(s) come within ${options.settle} s`);
  const rampMs = options.settle * 750;
  for (const [index, generator] of generators.entries()) {
    const share = Math.floor((viewerCount + index) / processCount);
    const tokens = options.private === 1 ? await issueTokens(origin, share) : [];
    const start: LoadStart = { type: 'start', port: phase.port, webinarId, tokens, viewerCount: share, rampMs };
    generator.send(start);
  }
  await delay(options.settle * 1000, undefined, { signal });
  await waitFor(
    'every viewer to follow the program',
    async () => {
      const reports = await Promise.all(generators.map((generator) => generator.ask<LoadReport>('report')));
      const following = reports.reduce((sum, { followingCount }) => sum + followingCount, 0);
      const failures = JSON.stringify(reports.map((report) => report.failures));
      if (following < viewerCount) throw new Error(`${following} of ${viewerCount} do; failures: ${failures}`);
      return true;
    },
    { deadlineMs: 60_000, intervalMs: 1000 },
  );
  const trees = { origin: origin.pid, edge: phase.edgePid, load: generators.map(({ pid }) => pid) };
  const earlier = await origin.ask<OriginSample>('sample');
  for (const generator of generators) generator.send('begin');
  const machine = watchMachine();
  const before = sampleAll(trees);
  note(`${name}: measuring for ${options.seconds} s`);
  await delay(options.seconds * 1000, undefined, { signal });
  const after = sampleAll(trees);
  const { busyRatio } = machine();
  const reports = await Promise.all(generators.map((generator) => generator.ask<LoadReport>('report')));
  const later = await origin.ask<OriginSample>('sample');
  for (const generator of generators) await generator.close();
  const gone = await waitFor('the origin to let go', async () => {
    const sample = await origin.ask<OriginSample>('sample');
    return sample.heldCount === 0 ? sample : undefined;
  });
  const cores = (index: number): number => coresBetween(before[index]!, after[index]!).cores;
  const edgeIndex = phase.edgePid === undefined ? undefined : 1;
  const firstLoad = edgeIndex === undefined ? 1 : 2;
  return {
    name,
    ...summarize({ viewerCount, seconds: (after[0]!.atMs - before[0]!.atMs) / 1000, earlier, later, reports }),
    cores: cores(0),
    edgeCores: edgeIndex === undefined ? undefined : cores(edgeIndex),
    loadCores: round(
      generators.reduce((sum, _, index) => sum + cores(firstLoad + index), 0),
      3,
    ),
    busyRatio,
    viewersHeapBytes: later.heapBytes - gone.heapBytes,
    residentBytes: later.residentBytes,
  };
}

async function issueTokens(origin: BenchChild, count: number): Promise<readonly string[]> {
  return (await origin.ask<IssuedTokens>({ type: 'issue', count } satisfies IssueTokens)).tokens;
}

function sampleAll(trees: { origin: number; edge: number | undefined; load: readonly number[] }): TreeSample[] {
  const roots = [trees.origin, ...(trees.edge === undefined ? [] : [trees.edge]), ...trees.load];
  return roots.map((pid) => sampleTree(pid, () => 'all'));
}

function fieldsOf({
  viewers,
  requestsPerSec,
  megabitsPerSec,
  partP50Ms,
  partP99Ms,
  intervalP99Ms,
  cores,
}: MeasuredPhase) {
  return { viewers, requestsPerSec, megabitsPerSec, partP50Ms, partP99Ms, intervalP99Ms, cores };
}
