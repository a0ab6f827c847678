import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { type MixerRunOptions } from '../../../src/mixer/ports.ts';
import { createMixerRun, type MixerRun } from '../../../src/mixer/program/mixer-run.ts';
import { childPids, isAlive } from '../../support/mixer/child-pids.ts';
import { EventLog } from '../../support/mixer/event-log.ts';
import { testRunOptions } from '../../support/mixer/run-options.ts';
import { SyntheticSourceBank } from '../../support/mixer/synthetic-source-bank.ts';

const runs: MixerRun[] = [];
afterEach(async () => {
  for (const run of runs.splice(0)) await run.close('test is over');
});

async function started(change: Partial<MixerRunOptions> = {}) {
  const before = childPids(process.pid);
  const log = new EventLog();
  const run = createMixerRun({
    options: testRunOptions(change),
    clock: systemClock,
    logger: silentLogger,
    emit: log.push,
    createSourceBank: (options) => new SyntheticSourceBank(options, new Map()),
  });
  runs.push(run);
  await run.start();
  const encoderPid = () => childPids(process.pid).find((pid) => !before.includes(pid))!;
  return { run, log, encoderPid };
}

const videoFragments = (log: EventLog) => log.of('fragment').filter((event) => event.renditionId === 'video-720p');

describe('MixerRun in real time', () => {
  it('stop after 3 s leaves 30 frames a second, all of them given out before stopped', async () => {
    const { run, log, encoderPid } = await started();
    const startedAtMs = systemClock.nowMs();
    await log.until('3 s of video', () => videoFragments(log).length >= 90);
    const pid = encoderPid();
    const elapsedSec = (systemClock.nowMs() - startedAtMs) / 1000;
    await run.stop('enough');
    expect(Math.abs(videoFragments(log).length - 30 * elapsedSec)).toBeLessThanOrEqual(2);
    expect(log.events.at(-1)).toEqual({ type: 'stopped', reason: 'enough' });
    expect(isAlive(pid)).toBe(false);
  });

  it('stop called twice and at once after start gives stopped once', async () => {
    const { run, log } = await started();
    await Promise.all([run.stop('first'), run.stop('second')]);
    expect(log.of('stopped')).toEqual([{ type: 'stopped', reason: 'first' }]);
    expect(log.of('failed')).toEqual([]);
  });

  it('kill -9 of the encoder gives failed with MIXER_ENCODER_DIED, once, and no more fragments', async () => {
    const { run, log, encoderPid } = await started();
    await log.until('first fragments', () => videoFragments(log).length > 10);
    process.kill(encoderPid(), 'SIGKILL');
    await log.until('failed', () => log.of('failed').length > 0);
    expect(log.of('failed')).toMatchObject([{ code: 'MIXER_ENCODER_DIED' }]);
    await run.stop('after the failure');
    expect(log.events.at(-1)!.type).toBe('failed');
  });

  it('an encoder that hangs gives failed with MIXER_ENCODER_STALLED and is killed', async () => {
    const { log, encoderPid, run } = await started();
    await log.until('first fragments', () => videoFragments(log).length > 10);
    const pid = encoderPid();
    process.kill(pid, 'SIGSTOP');
    await log.until('failed', () => log.of('failed').length > 0, 30_000);
    expect(log.of('failed')).toMatchObject([{ code: 'MIXER_ENCODER_STALLED' }]);
    await run.close('test');
    expect(isAlive(pid)).toBe(false);
  });

  it('an FFmpeg that does not exist gives failed with MIXER_ENCODER_DIED', async () => {
    const { log } = await started({ ffmpegPath: '/nowhere/ffmpeg' });
    await log.until('failed', () => log.of('failed').length > 0);
    expect(log.of('failed')).toMatchObject([{ code: 'MIXER_ENCODER_DIED' }]);
  });
});
