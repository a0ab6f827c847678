import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../src/core/clock.ts';
import { silentLogger } from '../../../../src/core/logger.ts';
import { Metrics } from '../../../../src/core/metrics.ts';
import { type MixerCommand, type MixerEvent } from '../../../../src/mixer/ports.ts';
import { backoffMs } from '../../../../src/mixer/supervisor/backoff.ts';
import { createMixerSupervisor } from '../../../../src/mixer/supervisor/mixer-supervisor.ts';
import { testRunOptions } from '../../../support/mixer/run-options.ts';

class LaunchedProcess {
  readonly commands: MixerCommand[] = [];
  isKilled = false;
  event: (event: MixerEvent) => void = () => undefined;
  exit: (cause: string) => void = () => undefined;
  send(command: MixerCommand): void {
    this.commands.push(command);
  }
  onEvent(listener: (event: MixerEvent) => void): void {
    this.event = listener;
  }
  onExit(listener: (cause: string) => void): void {
    this.exit = listener;
  }
  kill(): void {
    this.isKilled = true;
    this.exit('SIGKILL');
  }
}

async function supervised() {
  const clock = new FakeClock();
  const metrics = new Metrics();
  const launched: LaunchedProcess[] = [];
  const ended: [number, string][] = [];
  const events: [number, MixerEvent['type']][] = [];
  const { runIndex: _index, startTimeSec: _start, ...program } = testRunOptions();
  let nextIndex = 0;
  let goneCount = 0;
  const supervisor = createMixerSupervisor({
    clock,
    metrics,
    logger: silentLogger,
    program,
    launch: () => {
      const process = new LaunchedProcess();
      launched.push(process);
      return process;
    },
    nextRun: () => ({ runIndex: nextIndex, startTimeSec: 10 + 2 * nextIndex++ }),
    onEvent: (event, place) => events.push([place.runIndex, event.type]),
    onRunEnded: (place, cause) => ended.push([place.runIndex, cause]),
    onProcessGone: () => goneCount++,
  });
  supervisor.start();
  const stats: MixerEvent = {
    type: 'stats',
    stats: { ...healthyStats, sources: [] },
  };
  return {
    clock,
    metrics,
    launched,
    ended,
    events,
    supervisor,
    stats,
    last: () => launched.at(-1)!,
    goneCount: () => goneCount,
  };
}

const healthyStats = {
  frameCount: 1,
  lateTickCount: 0,
  tickLatenessMs: { p99: 0, max: 0 },
  repeatedFrameCount: 0,
};

const source = (sourceId: string): MixerCommand & { type: 'addSource' } => ({
  type: 'addSource',
  source: {
    sourceId,
    participantId: 'p',
    kind: 'audio',
    content: 'microphone',
    codec: 'opus',
    ssrc: 1,
    payloadType: 100,
    clockRateHz: 48_000,
  },
});
const runStarted = (runIndex: number): MixerEvent => ({
  type: 'runStarted',
  runIndex,
  startTimeSec: 10 + 2 * runIndex,
  frameZeroWallMs: 0,
  renditionIds: [],
});
const participants: MixerCommand & { type: 'setParticipants' } = {
  type: 'setParticipants',
  participants: [{ participantId: 'p', displayName: 'P', isMicrophoneOn: true, isCameraOn: true }],
};

describe('createMixerSupervisor', () => {
  it('start launches a process and sends start with the place of the run', async () => {
    const test = await supervised();
    expect(test.last().commands).toEqual([{ type: 'start', options: testRunOptions() }]);
  });

  it('launches a successor at once after the first death and gives it the stage, but not the old sources', async () => {
    const test = await supervised();
    test.supervisor.send(participants);
    test.supervisor.send(source('s1'));
    test.supervisor.send({ type: 'setSpeaker', participantId: 'p' });
    test.last().exit('SIGSEGV');
    expect(test.ended).toEqual([[0, 'SIGSEGV']]);
    test.clock.advance(0);
    expect(test.launched).toHaveLength(2);
    expect(test.last().commands).toEqual([
      { type: 'start', options: testRunOptions({ runIndex: 1, startTimeSec: 12 }) },
      participants,
      { type: 'setSpeaker', participantId: 'p' },
    ]);
    expect((await test.metrics.render()).body).toContain('rostrum_mixer_restarts_total 1');
  });

  it('gives the successor what was added while no process ran', async () => {
    const test = await supervised();
    test.last().exit('x');
    test.supervisor.send(source('s2'));
    test.clock.advance(0);
    expect(test.last().commands.map((command) => command.type)).toEqual(['start', 'addSource']);
  });

  it('waits 0, 0.5, 1, 2 ... 8 s between deaths in a row and never gives up', async () => {
    const test = await supervised();
    const waitsMs: number[] = [];
    for (let death = 0; death < 20; death++) {
      const before = test.launched.length;
      const diedAtMs = test.clock.nowMs();
      test.last().exit('x');
      while (test.launched.length === before) test.clock.advance(100);
      waitsMs.push(test.clock.nowMs() - diedAtMs);
    }
    expect(waitsMs.slice(0, 7)).toEqual([100, 500, 1000, 2000, 4000, 8000, 8000]);
    expect(test.ended).toHaveLength(20);
  });

  it('restarts at once again after a process that held for 30 s', async () => {
    const test = await supervised();
    for (let death = 0; death < 4; death++) {
      test.last().exit('x');
      test.clock.advance(8000);
    }
    test.last().event(runStarted(4));
    for (let second = 0; second < 40; second++) {
      test.last().event({ type: 'alive' });
      test.clock.advance(1000);
    }
    const before = test.launched.length;
    test.last().exit('x');
    test.clock.advance(0);
    expect(test.launched).toHaveLength(before + 1);
  });

  it('kills a process that gives no sign of life within 15 s, and one that begins no run within 5 s after it', async () => {
    const test = await supervised();
    test.clock.advance(15_000);
    expect(test.launched[0]!.isKilled).toBe(true);
    test.clock.advance(0);
    const second = test.last();
    second.event({ type: 'alive' });
    test.clock.advance(4000);
    second.event({ type: 'alive' });
    expect(second.isKilled).toBe(false);
    test.clock.advance(1000);
    expect(second.isKilled).toBe(true);
    expect(test.ended).toEqual([
      [0, 'did not start in time'],
      [1, 'did not begin in time'],
    ]);
  });

  it('kills a process that gives no sign of life for 1.5 s while it runs', async () => {
    const test = await supervised();
    const [first] = test.launched;
    first!.event(runStarted(0));
    test.clock.advance(1250);
    first!.event({ type: 'alive' });
    test.clock.advance(1250);
    expect(first!.isKilled).toBe(false);
    test.clock.advance(250);
    expect(first!.isKilled).toBe(true);
    expect(test.ended).toEqual([[0, 'fell silent']]);
  });

  it('gives a process whose encoder was lost the next place, and keeps its sources', async () => {
    const test = await supervised();
    const first = test.last();
    test.supervisor.send(source('s1'));
    first.event(runStarted(0));
    first.event({ type: 'runEnded', runIndex: 0, cause: 'MIXER_ENCODER_DIED' });
    expect(test.ended).toEqual([[0, 'MIXER_ENCODER_DIED']]);
    expect(first.commands.at(-1)).toEqual({ type: 'beginRun', runIndex: 1, startTimeSec: 12 });
    first.event(runStarted(1));
    expect(test.events.at(-1)).toEqual([1, 'runStarted']);
    expect([test.launched.length, test.goneCount()]).toEqual([1, 0]);
    expect((await test.metrics.render()).body).toContain(
      'rostrum_mixer_encoders_replaced_total{cause="MIXER_ENCODER_DIED"} 1',
    );
    first.exit('SIGKILL');
    expect(test.ended.at(-1)).toEqual([1, 'SIGKILL']);
    expect(test.goneCount()).toBe(1);
  });

  it('replaceRun asks for another encoder, and kills the process when none comes within 3 s', async () => {
    const test = await supervised();
    const first = test.last();
    first.event(runStarted(0));
    test.supervisor.replaceRun('HLS_TIMELINE_BROKEN');
    expect(first.commands.at(-1)).toEqual({ type: 'endRun', runIndex: 0, cause: 'HLS_TIMELINE_BROKEN' });
    first.event({ type: 'runEnded', runIndex: 0, cause: 'HLS_TIMELINE_BROKEN' });
    first.event(runStarted(1));
    const live = (durationMs: number) => {
      for (let atMs = 0; atMs < durationMs; atMs += 1000) {
        first.event({ type: 'alive' });
        test.clock.advance(1000);
      }
    };
    live(5000);
    expect(first.isKilled).toBe(false);
    test.supervisor.replaceRun('HLS_KEYFRAME_MISSING');
    live(3000);
    expect(first.isKilled).toBe(true);
    expect(test.ended).toEqual([
      [0, 'HLS_TIMELINE_BROKEN'],
      [1, 'HLS_KEYFRAME_MISSING'],
    ]);
  });

  it('adds up what its processes report as metrics', async () => {
    const test = await supervised();
    const report = (frameCount: number): MixerEvent => ({
      type: 'stats',
      stats: { ...healthyStats, frameCount, lateTickCount: 2, encoderBacklogFrameCount: 20, sources: [] },
    });
    test.last().event(report(150));
    test.last().event(report(300));
    test.last().exit('x');
    test.clock.advance(0);
    test.last().event(report(100));
    const { body } = await test.metrics.render();
    expect(body).toContain('rostrum_mixer_frames_total 400');
    expect(body).toContain('rostrum_mixer_late_ticks_total 4');
    expect(body).toContain('rostrum_mixer_encoder_backlog_frames_bucket{le="15"} 0');
    expect(body).toContain('rostrum_mixer_encoder_backlog_frames_bucket{le="30"} 3');
  });

  it('adds up restarts of decoders by cause, over sources and processes', async () => {
    const test = await supervised();
    const source = {
      ...{ packetCount: 1, lostPacketCount: 0, decodedFrameCount: 1, keyframeRequestCount: 0, sourceId: 'a' },
      kind: 'video' as const,
    };
    const report = (decoderRestartCount: number, decoderMisbehaviourCount: number, sourceId = 'a'): MixerEvent => ({
      type: 'stats',
      stats: {
        ...healthyStats,
        sources: [{ ...source, sourceId, decoderRestartCount, decoderMisbehaviourCount }],
      },
    });
    // Killed and not yet started again: counted once.
    test.last().event(report(1, 2));
    test.last().event(report(2, 2));
    test.last().event(report(3, 2));
    test.last().event(report(1, 1, 'b'));
    test.last().exit('SIGKILL');
    test.clock.advance(0);
    test.last().event(report(1, 0));
    const { body } = await test.metrics.render();
    expect(body).toContain('rostrum_mixer_decoder_restarts_total{cause="misbehaved"} 3');
    expect(body).toContain('rostrum_mixer_decoder_restarts_total{cause="ended"} 2');
  });

  it('tells the code of a failed run as its cause and replaces it', async () => {
    const test = await supervised();
    test.last().event({ type: 'failed', code: 'MIXER_ENCODER_DIED', message: 'it died' });
    test.last().exit('exit 1');
    test.clock.advance(0);
    expect(test.ended).toEqual([[0, 'MIXER_ENCODER_DIED']]);
    expect(test.launched).toHaveLength(2);
  });

  it('kills a process that said failed and does not leave', async () => {
    const test = await supervised();
    const first = test.last();
    first.event({ type: 'failed', code: 'MIXER_TICK_FAILED', message: 'x' });
    test.clock.advance(5000);
    expect(first.isKilled).toBe(true);
  });

  it('stop sends stop once, waits for the exit and launches nothing any more', async () => {
    const test = await supervised();
    const stopped = test.supervisor.stop('the webinar is over');
    await Promise.resolve();
    await Promise.resolve();
    expect(test.last().commands.at(-1)).toEqual({ type: 'stop' });
    test.last().event({ type: 'stopped', reason: 'stop command' });
    test.last().exit('exit 0');
    await stopped;
    await test.supervisor.stop('again');
    test.clock.advance(60_000);
    expect(test.launched).toHaveLength(1);
    expect(test.ended).toEqual([[0, 'stop command']]);
    expect(test.clock.pendingTimerCount).toBe(0);
  });

  it('stop kills a process that does not end within 15 s', async () => {
    const test = await supervised();
    const stopped = test.supervisor.stop('over');
    // Closing begins one turn later, hence a step more than the 15 s.
    await test.clock.advanceAsync(16_000, 1000);
    await stopped;
    expect(test.last().isKilled).toBe(true);
  });

  it('stop during a backoff launches nothing any more', async () => {
    const test = await supervised();
    test.last().exit('x');
    test.clock.advance(0);
    test.last().exit('x');
    await test.supervisor.stop('over');
    test.clock.advance(60_000);
    expect(test.launched).toHaveLength(2);
  });
});

describe('backoffMs', () => {
  it('is immediate the first time, then doubles to the limit', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 100].map((count) => backoffMs(count))).toEqual([
      0, 500, 1000, 2000, 4000, 8000, 8000, 8000,
    ]);
  });
});
