/** Measures one peer: started for real, given time to settle, its whole process tree counted, its output judged. */
import { execFile } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { runFfmpeg } from '../../test/support/decode-media.ts';
import { type ProcessInfo } from '../../test/support/processes.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { type BenchContext } from '../lib/bench.ts';
import { watchMachine } from '../lib/machine-load.ts';
import { round } from '../lib/percentiles.ts';
import { coresBetween, sampleTree, type TreeSample } from '../lib/process-cpu.ts';
import { judgeOrDoubt } from '../lib/program-judge.ts';
import { type Peer, type PeerWork, type RunningPeer } from './peer.ts';

const run = promisify(execFile);
/** Browsers and registries of plug-ins take their time, and a busy machine theirs. */
const firstOutputDeadlineMs = 60_000;
const firstOutputBytes = 20_000;
const settleMs = 5000;
/** Of program that are judged. */
const judgedSec = 5;
const endingPictureCount = 10;

export interface PeerFigures {
  readonly name: string;
  readonly cores: number;
  readonly coresByKind: Readonly<Record<string, number>>;
  /** Encoded pictures of each size per second of its own time line. */
  readonly framesPerSec: readonly number[];
  /** Of the large tile, as in our own runs. */
  readonly freshRatio: number | null;
  /** Why this was not the program that was wanted; null when it was. */
  readonly doubt: string | null;
  readonly busyRatio: number;
}

/** What is not installed, as words for a person; empty when all is there. */
export function missingFor(peers: readonly Peer[]): string[] {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const isThere = (program: string): boolean => folders.some((folder) => isExecutable(path.join(folder, program)));
  return [...new Set(peers.flatMap(({ needs }) => Object.entries(needs)))]
    .filter(([program]) => !isThere(program))
    .map(([, packages]) => packages);
}

export async function measurePeer(
  { note, defer, signal }: Pick<BenchContext, 'note' | 'defer' | 'signal'>,
  peer: Peer,
  work: Omit<PeerWork, 'directory' | 'seconds'>,
  seconds: number,
): Promise<PeerFigures> {
  const directory = mkdtempSync(path.join(tmpdir(), `rostrum-bench-${peer.name}-`));
  defer(() => rmSync(directory, { recursive: true, force: true }));
  const wholeSec = seconds + (firstOutputDeadlineMs + settleMs) / 1000;
  const running = await peer.start({ ...work, directory, seconds: wholeSec });
  defer(() => running.stop());
  try {
    return await measureRunning({ note, signal }, peer, { ...work, running }, seconds);
  } finally {
    // The next one is to have the machine for itself.
    await running.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measureRunning(
  { note, signal }: Pick<BenchContext, 'note' | 'signal'>,
  peer: Peer,
  work: Omit<PeerWork, 'directory' | 'seconds'> & { readonly running: RunningPeer },
  seconds: number,
): Promise<PeerFigures> {
  const { running } = work;
  note(`${peer.name}: waiting for its first pictures`);
  await waitFor(`first output of ${peer.name}`, () => isWriting(running), { deadlineMs: firstOutputDeadlineMs });
  running.assertRunning();
  await delay(settleMs, undefined, { signal });
  note(`${peer.name}: measuring for ${seconds} s`);
  const before = sampleAll(running.pids);
  const machine = watchMachine();
  await delay(seconds * 1000, undefined, { signal });
  running.assertRunning();
  const after = sampleAll(running.pids);
  const { busyRatio } = machine();
  await running.stop();
  const { outputs } = running;
  const video = await Promise.all(outputs.video.map(lastSeconds));
  const tail = {
    video,
    audio: await lastSeconds(outputs.audio),
    unjudgedCounts: { first: work.gopFrameCount, last: endingPictureCount },
  };
  const verdict = await judgeOrDoubt(tail, work.people, work.canvas);
  const framesPerSec = await Promise.all(outputs.video.map(frameRateOf));
  return { name: peer.name, ...coresBetween(before, after), framesPerSec, ...verdict, busyRatio };
}

function isWriting({ outputs }: RunningPeer): boolean {
  const sizes = [...outputs.video, outputs.audio].map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0);
  return sizes.every((bytes) => bytes >= firstOutputBytes);
}

function sampleAll(pids: readonly number[]): TreeSample {
  const samples = pids.map((pid) => sampleTree(pid, kindOf));
  return { atMs: samples[0]!.atMs, processes: samples.flatMap(({ processes }) => processes) };
}

function kindOf({ args }: ProcessInfo): string {
  // Chromium's children write all their arguments into the first.
  return path.basename((args[0] ?? '').split(' ')[0] ?? '');
}

function lastSeconds(file: string): Promise<Buffer> {
  const copy = ['-map', '0', '-c', 'copy', '-f', 'mpegts', 'pipe:1'];
  return runFfmpeg(['-sseof', `-${judgedSec}`, '-i', file, ...copy]);
}

async function frameRateOf(file: string): Promise<number> {
  const show = ['-select_streams', 'v', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', file];
  const { stdout } = await run('ffprobe', ['-v', 'error', ...show], { maxBuffer: 64 * 1024 * 1024 });
  const times = stdout.split('\n').map(parseFloat).filter(Number.isFinite);
  return round((times.length - 1) / (Math.max(...times) - Math.min(...times)), 2);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Not in this folder.
    return false;
  }
}
