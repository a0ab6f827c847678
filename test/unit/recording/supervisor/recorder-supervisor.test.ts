import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../src/core/clock.ts';
import { silentLogger } from '../../../../src/core/logger.ts';
import { Metrics } from '../../../../src/core/metrics.ts';
import {
  createRecorderSupervisor,
  type RecorderEvent,
  type RecorderHandle,
  type RecorderMessage,
} from '../../../../src/recording/index.ts';
import { partOf, recordingStart } from '../support/fake-program.ts';

/** A recorder process of which the test decides what it says and when it dies. */
class ScriptedProcess implements RecorderHandle {
  readonly received: RecorderMessage[] = [];
  killCount = 0;
  #onMessage: (message: unknown) => void = () => undefined;
  #onExit: (exit: { code: number | null; signal: string | null }) => void = () => undefined;

  send(message: RecorderMessage): void {
    this.received.push(message);
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#onMessage = listener;
  }

  onExit(listener: (exit: { code: number | null; signal: string | null }) => void): void {
    this.#onExit = listener;
  }

  kill(): void {
    this.killCount++;
    this.die();
  }

  async close(): Promise<void> {
    this.die();
  }

  say(event: RecorderEvent): void {
    this.#onMessage(event);
  }

  die(): void {
    this.#onExit({ code: null, signal: 'SIGKILL' });
  }

  get sequences(): number[] {
    return this.received.flatMap((message) => ('sequence' in message ? [message.sequence] : []));
  }
}

function setUp(maxUnacknowledgedBytes = 1 << 20) {
  const clock = new FakeClock();
  const processes: ScriptedProcess[] = [];
  const supervisor = createRecorderSupervisor({
    launch: () => {
      const process = new ScriptedProcess();
      processes.push(process);
      return process;
    },
    clock,
    logger: silentLogger,
    metrics: new Metrics(),
    maxUnacknowledgedBytes,
    random: () => 1,
  });
  supervisor.start();
  return { clock, processes, supervisor };
}

const part = (index: number) => ({ type: 'part' as const, sessionId: 'session-1', part: partOf(0, index) });
const begin = { type: 'begin' as const, start: recordingStart() };

describe('RecorderSupervisor', () => {
  it('send waits for ready and then keeps the order', () => {
    const { processes, supervisor } = setUp();
    supervisor.send(begin);
    supervisor.send(part(0));
    expect(processes[0]!.received).toMatchObject([{ type: 'hello', sessions: [] }]);
    processes[0]!.say({ type: 'ready' });
    supervisor.send(part(1));
    expect(processes[0]!.sequences).toEqual([1, 2, 3]);
  });

  it('offer hands fragments on at once, and none before ready, behind 4 MiB of parts, or a second time', () => {
    const { clock, processes, supervisor } = setUp(64 << 20);
    const offer = (endTicks: number) =>
      supervisor.offer({
        type: 'fragment',
        sessionId: 'session-1',
        fragment: { renditionId: 'video-720p', runIndex: 0, endTicks, bytes: Uint8Array.of(1) },
      });
    const offered = (at: number) =>
      processes[at]!.received.flatMap((message) => (message.type === 'fragment' ? [message.fragment.endTicks] : []));
    supervisor.send(begin);
    offer(1);
    processes[0]!.say({ type: 'ready' });
    offer(2);
    supervisor.send({ ...part(0), part: partOf(0, 0, 5 << 20) });
    offer(3);
    processes[0]!.say({ type: 'acknowledged', sequence: 2 });
    offer(4);
    expect(offered(0)).toEqual([2, 4]);
    processes[0]!.die();
    offer(5);
    clock.advance(10_000);
    processes[1]!.say({ type: 'ready' });
    expect(offered(1)).toEqual([]);
  });

  it('death restarts the process with backoff and sends again what was not acknowledged', () => {
    const { clock, processes, supervisor } = setUp();
    processes[0]!.say({ type: 'ready' });
    supervisor.send(begin);
    for (let index = 0; index < 3; index++) supervisor.send(part(index));
    processes[0]!.say({ type: 'acknowledged', sequence: 2 });
    processes[0]!.die();
    clock.advance(199);
    expect(processes).toHaveLength(1);
    clock.advance(1);
    expect(processes[1]!.received).toMatchObject([{ type: 'hello', sessions: [{ isEnded: false }] }]);
    processes[1]!.say({ type: 'ready' });
    expect(processes[1]!.sequences).toEqual([3, 4]);
    processes[1]!.die();
    clock.advance(399);
    expect(processes).toHaveLength(2);
    clock.advance(1);
    expect(processes).toHaveLength(3);
  });

  it('hello names a session as ended only when its end was acknowledged, and not at all when it finished', () => {
    const { clock, processes, supervisor } = setUp();
    processes[0]!.say({ type: 'ready' });
    supervisor.send(begin);
    supervisor.send({ type: 'end', sessionId: 'session-1', endedAtMs: 5 });
    processes[0]!.die();
    clock.advance(10_000);
    expect(processes[1]!.received[0]).toMatchObject({ sessions: [{ isEnded: false }] });
    processes[1]!.say({ type: 'ready' });
    processes[1]!.say({ type: 'acknowledged', sequence: 2 });
    processes[1]!.die();
    clock.advance(10_000);
    expect(processes[2]!.received[0]).toMatchObject({ sessions: [{ isEnded: true }] });
    processes[2]!.say({ type: 'ready' });
    processes[2]!.say({
      type: 'finished',
      sessionId: 'session-1',
      webinarId: 'webinar-1',
      durationMs: 1,
      sizeBytes: 1,
    });
    processes[2]!.die();
    clock.advance(10_000);
    expect(processes[3]!.received[0]).toMatchObject({ sessions: [] });
  });

  it('messages of a dead process change nothing', () => {
    const { clock, processes, supervisor } = setUp();
    processes[0]!.say({ type: 'ready' });
    supervisor.send(begin);
    processes[0]!.die();
    processes[0]!.say({ type: 'acknowledged', sequence: 1 });
    clock.advance(10_000);
    processes[1]!.say({ type: 'ready' });
    expect(processes[1]!.sequences).toEqual([1]);
  });

  it('a process that acknowledges nothing, or never gets ready, is killed and replaced', () => {
    const { clock, processes, supervisor } = setUp();
    clock.advance(120_000);
    expect(processes[0]!.killCount).toBe(1);
    clock.advance(10_000);
    processes[1]!.say({ type: 'ready' });
    supervisor.send(begin);
    clock.advance(60_000);
    expect(processes[1]!.killCount).toBe(1);
  });

  it('an idle process is left alone', () => {
    const { clock, processes, supervisor } = setUp();
    processes[0]!.say({ type: 'ready' });
    supervisor.send(begin);
    processes[0]!.say({ type: 'acknowledged', sequence: 1 });
    clock.advance(3_600_000);
    expect(processes[0]!.killCount).toBe(0);
    expect(clock.pendingTimerCount).toBe(0);
  });

  it('send beyond the limit reports mediaLost and never blocks', () => {
    const { supervisor } = setUp(4000);
    let lostCount = 0;
    supervisor.events.on('mediaLost', ({ partCount }) => (lostCount += partCount));
    supervisor.send(begin);
    for (let index = 0; index < 100; index++) supervisor.send(part(index));
    expect(lostCount).toBeGreaterThan(80);
    expect(supervisor.unacknowledgedBytes).toBeLessThanOrEqual(4512);
  });

  it('an unknown message of the process is ignored', () => {
    const { processes, supervisor } = setUp();
    processes[0]!.say({ type: 'nonsense' } as unknown as RecorderEvent);
    processes[0]!.say({ type: 'ready' });
    supervisor.send(begin);
    expect(processes[0]!.sequences).toEqual([1]);
  });

  it('close ends the process, cancels every timer and starts no other', async () => {
    const { clock, processes, supervisor } = setUp();
    await supervisor.close('test');
    clock.advance(100_000);
    expect(processes).toHaveLength(1);
    expect(clock.pendingTimerCount).toBe(0);
  });
});
