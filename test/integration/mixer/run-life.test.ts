import { afterEach, describe, expect, it } from 'vitest';
import { parseFragment, parseInitSegment } from '../../../src/media/fmp4/index.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { type MixerRunOptions } from '../../../src/mixer/ports.ts';
import { isAlive } from '../../support/mixer/child-pids.ts';
import { readCounters } from '../../support/mixer/counting-source-bank.ts';
import { decodeAudio, toneLevelDb } from '../../support/mixer/judge.ts';
import { ProgramUnderTest, startSecOf } from '../../support/mixer/program-under-test.ts';

const programs: ProgramUnderTest[] = [];
afterEach(async () => {
  for (const { run } of programs.splice(0)) await run.close('test is over');
});

async function started(change: Partial<MixerRunOptions> = {}): Promise<ProgramUnderTest> {
  const program = new ProgramUnderTest(change);
  programs.push(program);
  await program.start();
  return program;
}

const renditionId = 'video-720p';
const stallMs = 2500;

async function onAir(program: ProgramUnderTest, runIndex: number, frameCount = 20): Promise<void> {
  await program.log.until(
    `${frameCount} frames of run ${runIndex}`,
    () => (program.runs[runIndex]?.fragmentCount(renditionId) ?? 0) >= frameCount,
    30_000,
  );
}

/** Numbers of the frames of all runs, one behind the other, from the first that shows the camera. */
async function countersOf(program: ProgramUnderTest): Promise<number[]> {
  const counters: (number | undefined)[] = [];
  for (const run of program.runs) {
    const read = await readCounters(run.media(renditionId), program.bank.tileSize);
    expect(read.length).toBe(run.fragmentCount(renditionId));
    counters.push(...read);
  }
  const seen = counters.slice(counters.findIndex((counter) => counter !== undefined));
  expect(seen).not.toContain(undefined);
  return seen as number[];
}

/** Steps over pictures that are missing, or back. A late tick shows a picture again, which is none. */
function jumpsOf(counters: readonly number[]): number[] {
  const steps = counters.slice(1).map((counter, index) => counter - counters[index]!);
  return steps.filter((step) => step !== 1 && step !== 0);
}

/** Resolves in a turn of the event loop that is not late: no tick is due that has not been made. */
async function turnOnTime(): Promise<void> {
  for (let tryCount = 0; tryCount < 200; tryCount++) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const dueMs = systemClock.nowMs() + 40;
    systemClock.schedule(40, resolve);
    await promise;
    if (systemClock.nowMs() - dueMs < 20) return;
  }
  throw new Error('The event loop is never on time.');
}

async function expectToneThroughout(program: ProgramUnderTest): Promise<void> {
  for (const run of program.runs) {
    const samples = await decodeAudio(run.media('audio-main'));
    const windowLength = 4800;
    // Past the fade-in and AAC's own beginning, before the last moments that died with the encoder.
    for (let at = windowLength; at + 2 * windowLength <= samples.length; at += windowLength)
      expect(toneLevelDb(samples.subarray(at, at + windowLength), program.toneHz)).toBeGreaterThan(-25);
  }
}

describe('MixerRun in real time', () => {
  it('stop after 3 s leaves 30 frames a second, all of them given out before stopped', async () => {
    const program = await started();
    await onAir(program, 0, 90);
    const [pid] = program.encoderPids();
    await turnOnTime();
    const elapsedSec = (systemClock.wallMs() - program.runs[0]!.started.frameZeroWallMs) / 1000;
    await program.run.stop('enough');
    expect(Math.abs(program.runs[0]!.fragmentCount(renditionId) - 30 * elapsedSec)).toBeLessThanOrEqual(2);
    expect(program.log.events.at(-1)).toEqual({ type: 'stopped', reason: 'enough' });
    expect(isAlive(pid!)).toBe(false);
    expect(jumpsOf(await countersOf(program))).toEqual([]);
  });

  it('stop called twice and at once after start gives stopped once', async () => {
    const { run, log } = await started();
    await Promise.all([run.stop('first'), run.stop('second')]);
    expect(log.of('stopped')).toEqual([{ type: 'stopped', reason: 'first' }]);
    expect(log.of('failed')).toEqual([]);
  });
});

describe('MixerRun when its encoder is lost', () => {
  it('kill -9 costs no frame: another encoder goes on at the next place with the very next picture', async () => {
    const program = await started();
    await onAir(program, 0, 40);
    const [pid] = program.encoderPids();
    process.kill(pid!, 'SIGKILL');
    await onAir(program, 1, 40);
    await program.run.stop('enough');
    const [first, second] = program.runs;
    expect(first!.endCause).toBe('MIXER_ENCODER_DIED');
    expect(program.log.of('failed')).toEqual([]);
    expect(jumpsOf(await countersOf(program))).toEqual([]);
    expect(Math.abs(program.gapMs(0, renditionId))).toBeLessThan(5);
    await expectToneThroughout(program);
    const { init, fragments } = second!.media(renditionId);
    expect(parseFragment(fragments[0]!, parseInitSegment(init)).startTicks).toBe(Math.round(startSecOf(1) * 90_000));
    expect(program.encoderPids()).toEqual([]);
  });

  it('a hang (SIGSTOP) is noticed within 3 s, and costs no frame either', async () => {
    const program = await started();
    await onAir(program, 0, 40);
    const [pid] = program.encoderPids();
    process.kill(pid!, 'SIGSTOP');
    await onAir(program, 1, 150);
    await program.run.stop('enough');
    expect(isAlive(pid!)).toBe(false);
    await expectToneThroughout(program);
    // A machine so slow that the encoder lagged before may have its backlog full before the silence counts as a hang.
    const { endCause } = program.runs[0]!;
    if (endCause === 'MIXER_FELL_BEHIND') return;
    expect(endCause).toBe('MIXER_ENCODER_STALLED');
    expect(jumpsOf(await countersOf(program))).toEqual([]);
    expect(Math.abs(program.gapMs(0, renditionId))).toBeLessThan(5);
  });

  it('output that the app refuses (endRun) is replaced the same way; an old index changes nothing', async () => {
    const program = await started();
    await onAir(program, 0);
    program.run.handle({ type: 'endRun', runIndex: 0, cause: 'HLS_TIMELINE_BROKEN' });
    await onAir(program, 1);
    program.run.handle({ type: 'endRun', runIndex: 0, cause: 'HLS_TIMELINE_BROKEN' });
    await onAir(program, 1, 40);
    await program.run.stop('enough');
    expect(program.runs.map(({ endCause }) => endCause)).toEqual(['HLS_TIMELINE_BROKEN', undefined]);
    expect(jumpsOf(await countersOf(program))).toEqual([]);
  });

  it('a stall of the whole process over 2 s ends the run; the next begins at the true time behind a hole', async () => {
    const program = await started();
    await onAir(program, 0);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, stallMs);
    await onAir(program, 1, 40);
    await program.run.stop('enough');
    const [first, second] = program.runs;
    expect(first!.endCause).toBe('MIXER_FELL_BEHIND');
    expect(program.gapMs(0, renditionId)).toBeGreaterThan(stallMs - 500);
    // On the same clock as before: whole frames from the first frame of all.
    const frames = ((second!.started.frameZeroWallMs - first!.started.frameZeroWallMs) * 30) / 1000;
    expect(Math.abs(frames - Math.round(frames))).toBeLessThan(0.2);
    // At most one: what the encoder held when the run ended.
    const jumps = jumpsOf(await countersOf(program));
    expect(jumps.length).toBeLessThanOrEqual(1);
    expect(jumps.every((step) => step > 0)).toBe(true);
    await expectToneThroughout(program);
  });

  it('an FFmpeg that does not exist ends in MIXER_ENCODER_UNUSABLE after five tries, and in no process', async () => {
    const program = await started({ ffmpegPath: '/nowhere/ffmpeg' });
    await program.log.until('failed', () => program.log.of('failed').length > 0);
    expect(program.log.of('failed')).toMatchObject([{ code: 'MIXER_ENCODER_UNUSABLE' }]);
    expect(program.runs).toHaveLength(5);
    expect(program.runs.slice(0, 4).every(({ endCause }) => endCause === 'MIXER_ENCODER_DIED')).toBe(true);
    await program.run.stop('after the failure');
    expect(program.log.events.at(-1)!.type).toBe('failed');
  });

  it('stop while no encoder runs gives stopped', async () => {
    const program = await started();
    await onAir(program, 0);
    process.kill(program.encoderPids()[0]!, 'SIGKILL');
    await program.log.until('the end of the run', () => program.log.of('runEnded').length > 0);
    await program.run.stop('enough');
    expect(program.log.events.at(-1)).toEqual({ type: 'stopped', reason: 'enough' });
    expect(program.encoderPids()).toEqual([]);
  });
});
