import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../src/core/clock.ts';
import { silentLogger } from '../../../../src/core/logger.ts';
import { type MixerEvent } from '../../../../src/mixer/ports.ts';
import { parseMixerCommand } from '../../../../src/mixer/process/command-schema.ts';
import { EventOutbox, maxUnsentBytes } from '../../../../src/mixer/process/event-outbox.ts';
import { startMixerProcess } from '../../../../src/mixer/process/mixer-process.ts';
import { testRunOptions } from '../../../support/mixer/run-options.ts';

const validSource = {
  sourceId: 's1',
  participantId: 'p1',
  kind: 'video',
  content: 'camera',
  codec: 'VP8',
  ssrc: 1,
  payloadType: 96,
  clockRateHz: 90_000,
};

describe('parseMixerCommand', () => {
  it('returns every kind of command as it came', () => {
    const commands = [
      { type: 'start', options: testRunOptions() },
      { type: 'addSource', source: validSource },
      { type: 'removeSource', sourceId: 's1' },
      { type: 'setParticipants', participants: [] },
      { type: 'setSpeaker', participantId: null },
      { type: 'beginRun', runIndex: 3, startTimeSec: 12.5 },
      { type: 'endRun', runIndex: 2, cause: 'HLS_TIMELINE_BROKEN' },
      { type: 'stop' },
    ];
    for (const command of commands) expect(parseMixerCommand(command)).toEqual(command);
  });

  it.each([
    undefined,
    'stop',
    { type: 'explode' },
    { type: 'setSpeaker' },
    { type: 'beginRun', runIndex: 3 },
    { type: 'addSource', source: { ...validSource, ssrc: -1 } },
    { type: 'start', options: testRunOptions({ startTimeSec: 0 }) },
    { type: 'start', options: testRunOptions({ canvas: { width: 1281, height: 720, frameRate: 30 } }) },
    { type: 'start', options: testRunOptions({ canvas: { width: 1280, height: 720, frameRate: 29 } }) },
  ])('rejects %j with MIXER_COMMAND_INVALID', (message) => {
    expect(() => parseMixerCommand(message)).toThrow(expect.objectContaining({ code: 'MIXER_COMMAND_INVALID' }));
  });
});

describe('EventOutbox', () => {
  it('send gives up once when the parent has not taken 64 MB, and sends no more', () => {
    let sentCount = 0;
    let fullCount = 0;
    const outbox = new EventOutbox({ send: () => ++sentCount > 0 }, () => fullCount++);
    const bytes = new Uint8Array(1024 * 1024);
    for (let index = 0; index < 80; index++) outbox.send({ type: 'fragment', renditionId: 'v', bytes });
    expect(fullCount).toBe(1);
    expect(sentCount).toBe(maxUnsentBytes / bytes.length);
  });

  it('send gives up as soon as the channel refuses', () => {
    let fullCount = 0;
    const outbox = new EventOutbox({ send: () => false }, () => fullCount++);
    for (let index = 0; index < 3; index++) outbox.send({ type: 'keyframeNeeded', sourceId: 's' });
    expect(fullCount).toBe(1);
  });

  it('send counts down what has left', () => {
    const acknowledged: (() => void)[] = [];
    const outbox = new EventOutbox({ send: (_event, onSent) => acknowledged.push(onSent) > 0 }, () => undefined);
    outbox.send({ type: 'fragment', renditionId: 'v', bytes: new Uint8Array(1000) });
    expect(outbox.unsentBytes).toBeGreaterThan(1000);
    acknowledged[0]!();
    expect(outbox.unsentBytes).toBe(0);
  });
});

describe('startMixerProcess without a run', () => {
  function process() {
    const events: MixerEvent[] = [];
    let message: (message: unknown) => void = () => undefined;
    let disconnect: () => void = () => undefined;
    const clock = new FakeClock();
    const running = startMixerProcess({
      clock,
      logger: silentLogger,
      channel: {
        send: (event, onSent) => {
          events.push(event);
          onSent();
          return true;
        },
        onMessage: (listener) => (message = listener),
        onDisconnect: (listener) => (disconnect = listener),
      },
      createSourceBank: () => {
        throw new Error('no bank in this test');
      },
    });
    return { clock, events, running, message: (value: unknown) => message(value), disconnect: () => disconnect() };
  }

  it('says that it is alive at once and four times a second until it ends', async () => {
    const test = process();
    test.clock.advance(1000);
    expect(test.events).toEqual(Array.from({ length: 5 }, () => ({ type: 'alive' })));
    test.disconnect();
    await test.running.finished;
    expect(test.clock.pendingTimerCount).toBe(0);
  });

  it('finishes with 2 when the parent disappears', async () => {
    const test = process();
    test.disconnect();
    expect(await test.running.finished).toBe(2);
  });

  it('emits stopped and finishes with 0 on stop', async () => {
    const test = process();
    test.message({ type: 'stop' });
    expect(await test.running.finished).toBe(0);
    expect(test.events).toEqual([{ type: 'alive' }, { type: 'stopped', reason: 'stop command' }]);
  });

  it('emits failed and finishes with 1 when the first command is not start', async () => {
    const test = process();
    test.message({ type: 'setSpeaker', participantId: null });
    expect(await test.running.finished).toBe(1);
    expect(test.events).toMatchObject([{ type: 'alive' }, { type: 'failed', code: 'MIXER_COMMAND_INVALID' }]);
  });

  it('emits failed and finishes with 1 when the run cannot be made', async () => {
    const test = process();
    test.message({ type: 'start', options: testRunOptions() });
    expect(await test.running.finished).toBe(1);
    expect(test.events).toMatchObject([{ type: 'alive' }, { type: 'failed' }]);
  });
});
