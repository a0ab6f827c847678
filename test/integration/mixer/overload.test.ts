import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { cpuTimeMs } from '../../../src/mixer/ffmpeg/child-processes.ts';
import { type LadderLimits, ladderLimits } from '../../../src/mixer/program/ladder-policy.ts';
import { CpuLimit } from '../../support/mixer/cpu-limit.ts';
import { readCounters } from '../../support/mixer/counting-source-bank.ts';
import { ProgramUnderTest } from '../../support/mixer/program-under-test.ts';

const video = [
  { renditionId: 'video-720p', width: 1280, height: 720, bitsPerSec: 2_500_000 },
  { renditionId: 'video-432p', width: 768, height: 432, bitsPerSec: 1_000_000 },
  { renditionId: 'video-234p', width: 416, height: 234, bitsPerSec: 350_000 },
];
const allRungs = video.map(({ renditionId }) => renditionId);
/** As in service; only what is quiet for three seconds is whole again. */
const limits: LadderLimits = { ...ladderLimits, restoreAfterMs: 3000, probationMs: 1000 };
/** For all waits together. */
const deadlineMs = 270_000;

let program: ProgramUnderTest | undefined;
let cpuLimit: CpuLimit | undefined;
let endMs: number;
afterEach(async () => {
  cpuLimit?.lift();
  await program?.run.close('test is over');
});

const framesOf = (runIndex: number) => program!.runs[runIndex]?.fragmentCount('video-234p') ?? 0;
const rungsOf = (runIndex: number) =>
  program!.runs[runIndex]!.started.renditionIds.filter((renditionId) => renditionId.startsWith('video'));

async function until(what: string, condition: () => boolean): Promise<void> {
  await program!.log.until(what, condition, Math.max(1, endMs - systemClock.nowMs()));
}

/** Cores that the whole ladder takes. A machine too slow to tell leaves rungs out by itself: then half of any guess will do. */
async function measureNeed(): Promise<number> {
  const hasDropped = () => program!.runs.length > 1;
  await until('two seconds of the whole ladder', () => framesOf(0) >= 60 || hasDropped());
  const [pid] = program!.encoderPids();
  const usedMs = pid === undefined ? undefined : cpuTimeMs(pid);
  const sinceMs = systemClock.nowMs();
  await until('two seconds to measure', () => framesOf(0) >= 120 || hasDropped());
  const nowUsedMs = pid === undefined ? undefined : cpuTimeMs(pid);
  if (hasDropped() || usedMs === undefined || nowUsedMs === undefined) return 0.2;
  return (nowUsedMs - usedMs) / (systemClock.nowMs() - sinceMs);
}

describe('MixerRun whose encoder gets half the CPU it needs', () => {
  it('drops rungs from the top, stays bounded, loses no picture, and has the whole ladder again afterwards', async () => {
    endMs = systemClock.nowMs() + deadlineMs;
    program = new ProgramUnderTest({ video }, limits);
    await program.start();
    const neededCores = await measureNeed();
    cpuLimit = new CpuLimit(neededCores / 2, () => program!.encoderPids());
    let peakBytes = 0;
    const off = systemClock.repeat(200, () => (peakBytes = Math.max(peakBytes, process.memoryUsage().arrayBuffers)));
    await until('a run with fewer rungs', () => program!.runs.length > 1 && framesOf(program!.runs.length - 1) > 0);
    await until('a while of it', () => framesOf(program!.runs.length - 1) >= 60);
    off.cancel();
    expect(rungsOf(0)).toEqual(allRungs);
    for (const runIndex of program.runs.keys())
      expect(allRungs.slice(-rungsOf(runIndex).length)).toEqual(rungsOf(runIndex));
    expect(rungsOf(program.runs.length - 1).length).toBeLessThan(allRungs.length);

    cpuLimit.lift();
    const isWhole = () => rungsOf(program!.runs.length - 1).length === 3 && framesOf(program!.runs.length - 1) >= 90;
    await until('the whole ladder again', isWhole);
    await program.run.stop('enough');
    expect(program.log.of('failed')).toEqual([]);

    const causes = program.runs.map(({ endCause }) => endCause);
    expect(causes.at(-2)).toBe('ladderRestored');
    expect(causes.at(-1)).toBeUndefined();
    // 61 pictures of 1.4 MB wait at most, and their sound; the rest is the test's own and the media it keeps.
    expect(peakBytes).toBeLessThan(250e6);
    for (const [runIndex, run] of program.runs.entries()) {
      if (framesOf(runIndex) === 0) continue;
      const read = await readCounters(run.media('video-234p'), program.bank.tileSize);
      // The first run begins before the camera is in its tile.
      const counters = read.slice(read.findIndex((counter) => counter !== undefined));
      const steps = counters.slice(1).map((counter, index) => (counter ?? NaN) - (counters[index] ?? NaN));
      expect(steps.every((step) => step === 0 || step === 1)).toBe(true);
      if (causes[runIndex] === undefined || causes[runIndex] === 'MIXER_FELL_BEHIND') continue;
      expect(Math.abs(program.gapMs(runIndex, 'video-234p'))).toBeLessThan(50);
    }
  }, 300_000);
});
