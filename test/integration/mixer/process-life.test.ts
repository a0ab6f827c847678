import { afterEach, describe, expect, it } from 'vitest';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { withDeadline } from '../../../src/core/lifecycle.ts';
import { Metrics } from '../../../src/core/metrics.ts';
import { parseFragment, parseInitSegment } from '../../../src/media/fmp4/index.ts';
import { createMixerSupervisor, type MixerEvent, SpareMixer } from '../../../src/mixer/index.ts';
import { processSilenceMs } from '../../../src/mixer/supervisor/supervised-process.ts';
import { childPids, isAlive } from '../../support/mixer/child-pids.ts';
import { EventLog } from '../../support/mixer/event-log.ts';
import { type ForkedMixer, forkMixer } from '../../support/mixer/fork-mixer.ts';
import { testRunOptions } from '../../support/mixer/run-options.ts';
import { waitFor } from '../../support/wait-for.ts';

const segmentMs = 2000;
/** Half of it more, for a machine that does other things too. */
const maxSilenceMs = 1.5 * processSilenceMs;

const forked: ForkedMixer[] = [];
afterEach(() => {
  for (const mixer of forked.splice(0)) mixer.kill();
});

function fork(): ForkedMixer {
  const mixer = forkMixer();
  forked.push(mixer);
  return mixer;
}

async function untilGone(pids: readonly number[], deadlineMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = systemClock.repeat(20, () => {
    if (!pids.some(isAlive)) resolve();
  });
  await withDeadline(promise, deadlineMs, systemClock, `the end of ${pids.join(', ')}`).finally(() => timer.cancel());
}

async function onAir() {
  const mixer = fork();
  const log = new EventLog();
  mixer.onEvent(log.push);
  mixer.send({ type: 'start', options: testRunOptions() });
  await log.until('fragments', () => log.of('fragment').length > 20);
  const pid = mixer.child.pid!;
  return { mixer, log, pid, encoderPids: childPids(pid) };
}

describe('a mixer process', () => {
  it('on stop sends everything, then stopped, and exits with 0', async () => {
    const { mixer, log, encoderPids } = await onAir();
    const exited = once(mixer.child, 'exit');
    mixer.send({ type: 'stop' });
    expect((await exited)[0]).toBe(0);
    await log.until('stopped', () => log.of('stopped').length === 1);
    expect(log.of('listening')[0]!.rtpPort).toBeGreaterThan(1023);
    expect(encoderPids.some(isAlive)).toBe(false);
  });

  it('without its parent ends within 5 s and leaves no FFmpeg behind', async () => {
    const { mixer, pid, encoderPids } = await onAir();
    expect(encoderPids.length).toBeGreaterThan(0);
    mixer.child.disconnect();
    await untilGone([pid, ...encoderPids], 5000);
  });

  it('that waits for its start says that it is alive, and ends with its parent', async () => {
    const mixer = fork();
    const log = new EventLog();
    mixer.onEvent(log.push);
    await log.until('two signs of life', () => log.of('alive').length >= 2);
    expect(childPids(mixer.child.pid!)).toEqual([]);
    mixer.child.disconnect();
    await untilGone([mixer.child.pid!], 5000);
  });

  it('killed with -9 leaves no FFmpeg behind', async () => {
    const { mixer, pid, encoderPids } = await onAir();
    mixer.kill();
    await untilGone([pid, ...encoderPids], 5000);
  });

  it('whose encoder dies asks for the next place, and another encoder goes on in the same process', async () => {
    const { mixer, log, pid, encoderPids } = await onAir();
    for (const encoderPid of encoderPids) process.kill(encoderPid, 'SIGKILL');
    await log.until('the end of the run', () => log.of('runEnded').length === 1);
    const fragmentCount = log.of('fragment').length;
    mixer.send({ type: 'beginRun', runIndex: 1, startTimeSec: 20 });
    await log.until('more fragments', () => log.of('fragment').length > fragmentCount + 20);
    expect(log.of('runEnded')).toEqual([{ type: 'runEnded', runIndex: 0, cause: 'MIXER_ENCODER_DIED' }]);
    expect(log.of('runStarted').map(({ runIndex }) => runIndex)).toEqual([0, 1]);
    expect(isAlive(pid)).toBe(true);
    expect(childPids(pid)).toHaveLength(1);
  });
});

describe('createMixerSupervisor with real processes', () => {
  it('replaces a process killed with -9 by one that goes on at the next place, and stops in order', async () => {
    const log = new EventLog();
    const byRun: MixerEvent[][] = [];
    const ended: [number, string][] = [];
    const { runIndex: _index, startTimeSec: _start, ...program } = testRunOptions();
    const supervisor = createMixerSupervisor({
      launch: fork,
      clock: systemClock,
      logger: silentLogger,
      metrics: new Metrics(),
      program,
      nextRun: () => ({ runIndex: byRun.push([]) - 1, startTimeSec: 8 + 2 * byRun.length }),
      onEvent: (event, { runIndex }) => {
        byRun[runIndex]!.push(event);
        log.push(event);
      },
      onRunEnded: ({ runIndex }, cause) => ended.push([runIndex, cause]),
      onProcessGone: () => undefined,
    });
    supervisor.start();
    supervisor.send({
      type: 'setParticipants',
      participants: [{ participantId: 'p', displayName: 'P', isMicrophoneOn: true, isCameraOn: false }],
    });
    const fragmentsOf = (runIndex: number) =>
      (byRun[runIndex] ?? [])
        .filter((event) => event.type === 'fragment')
        .filter((event) => event.renditionId === 'video-720p');
    await log.until('the first run', () => fragmentsOf(0).length > 10);

    forked[0]!.kill();
    await log.until('the second run', () => fragmentsOf(1).length > 10);
    expect(ended).toEqual([[0, 'SIGKILL']]);
    await supervisor.stop('over');

    expect(ended).toEqual([
      [0, 'SIGKILL'],
      [1, 'stop command'],
    ]);
    const second = byRun[1]!;
    expect(second.at(-1)!.type).toBe('stopped');
    expect(second.filter((event) => event.type === 'spotlightChanged')).toMatchObject([{ participantId: 'p' }]);
    const init = second.find((event) => event.type === 'init' && event.renditionId === 'video-720p') as {
      bytes: Uint8Array;
    };
    expect(parseFragment(fragmentsOf(1)[0]!.bytes, parseInitSegment(init.bytes)).startTicks).toBe(12 * 90_000);
  });
});

/** A supervised program with a spare, and what it told of each run. */
function programWithSpare() {
  const log = new EventLog();
  const runs: { fragmentCount: number; frameZeroWallMs: number; endCause: string | undefined }[] = [];
  const metrics = new Metrics();
  const common = { clock: systemClock, logger: silentLogger, metrics };
  const spare = new SpareMixer({ launch: fork, ...common });
  const { runIndex: _index, startTimeSec: _start, ...program } = testRunOptions();
  const supervisor = createMixerSupervisor({
    launch: () => spare.take(),
    ...common,
    program,
    nextRun: () => ({
      runIndex: runs.push({ fragmentCount: 0, frameZeroWallMs: 0, endCause: undefined }) - 1,
      startTimeSec: 10 * runs.length,
    }),
    onEvent: (event, { runIndex }) => {
      const run = runs[runIndex]!;
      if (event.type === 'runStarted') run.frameZeroWallMs = event.frameZeroWallMs;
      if (event.type === 'fragment' && event.renditionId === 'video-720p') run.fragmentCount++;
      log.push(event);
    },
    onRunEnded: ({ runIndex }, cause) => (runs[runIndex]!.endCause = cause),
    onProcessGone: () => undefined,
  });
  const spareIsUp = () =>
    waitFor('a spare that is up', async () => (await metrics.render()).body.includes('rostrum_mixer_spare_ready 1'), {
      deadlineMs: 30_000,
    });
  const onAir = (runIndex: number) =>
    log.until(`run ${runIndex}`, () => (runs[runIndex]?.fragmentCount ?? 0) > 30, 30_000);
  /** ms of program between the last frame of one process and the first of its successor. */
  const gapMs = (runIndex: number) => {
    const [before, after] = [runs[runIndex]!, runs[runIndex + 1]!];
    return after.frameZeroWallMs - (before.frameZeroWallMs + (before.fragmentCount * 1000) / 30);
  };
  return { spare, supervisor, runs, metrics, spareIsUp, onAir, gapMs };
}

describe('createMixerSupervisor with a spare', () => {
  it('goes on in the spare after kill -9 and after SIGSTOP of the mixer, within a segment, and makes a new spare', async () => {
    const { spare, supervisor, runs, metrics, spareIsUp, onAir, gapMs } = programWithSpare();
    spare.start();
    await spareIsUp();
    supervisor.start();
    await onAir(0);
    await spareIsUp();
    forked[0]!.kill();
    await onAir(1);
    await spareIsUp();
    const second = forked[1]!.child.pid!;
    const encoderPids = childPids(second);
    process.kill(second, 'SIGSTOP');
    await onAir(2);
    expect(runs.slice(0, 2).map(({ endCause }) => endCause)).toEqual(['SIGKILL', 'fell silent']);
    // Killed: found at once, and the spare goes on within one segment. Stopped: the same, behind the silence after which
    // it is given up.
    expect(gapMs(0)).toBeLessThan(segmentMs);
    expect(gapMs(1)).toBeLessThan(maxSilenceMs + segmentMs);
    await untilGone([second, ...encoderPids], 5000);
    await spareIsUp();
    expect((await metrics.render()).body).toContain('rostrum_mixer_processes_taken_total{state="spare"} 3');
    await supervisor.stop('over');
    await spare.close('over');
    await untilGone(
      forked.map(({ child }) => child.pid!),
      5000,
    );
  });

  it('leaves no spare behind when its parent is killed with -9', async () => {
    const entryPath = fileURLToPath(new URL('../../support/mixer/spare-parent.ts', import.meta.url));
    const parent = spawn(process.execPath, [entryPath], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [line] = (await once(parent.stdout, 'data')) as [Buffer];
      const sparePid = Number(line.toString());
      expect(isAlive(sparePid)).toBe(true);
      parent.kill('SIGKILL');
      await untilGone([sparePid], 5000);
    } finally {
      parent.kill('SIGKILL');
    }
  });
});
