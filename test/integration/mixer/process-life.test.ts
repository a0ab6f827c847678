import { afterEach, describe, expect, it } from 'vitest';
import { once } from 'node:events';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { withDeadline } from '../../../src/core/lifecycle.ts';
import { Metrics } from '../../../src/core/metrics.ts';
import { parseFragment, parseInitSegment } from '../../../src/media/fmp4/index.ts';
import { createMixerSupervisor, type MixerEvent } from '../../../src/mixer/index.ts';
import { childPids, isAlive } from '../../support/mixer/child-pids.ts';
import { EventLog } from '../../support/mixer/event-log.ts';
import { type ForkedMixer, forkMixer } from '../../support/mixer/fork-mixer.ts';
import { testRunOptions } from '../../support/mixer/run-options.ts';

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

  it('killed with -9 leaves no FFmpeg behind', async () => {
    const { mixer, pid, encoderPids } = await onAir();
    mixer.kill();
    await untilGone([pid, ...encoderPids], 5000);
  });

  it('whose encoder dies sends failed and exits with 1', async () => {
    const { mixer, log, encoderPids } = await onAir();
    const exited = once(mixer.child, 'exit');
    for (const pid of encoderPids) process.kill(pid, 'SIGKILL');
    expect((await exited)[0]).toBe(1);
    await log.until('failed', () => log.of('failed').length === 1);
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
