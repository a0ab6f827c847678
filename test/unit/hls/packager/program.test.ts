import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../../src/core/logger.ts';
import { createProgram, type RenditionSpec } from '../../../../src/hls/index.ts';
import { writeFragment } from '../../../../src/media/fmp4/index.ts';
import {
  audioInit,
  FakeEncoder,
  h264Sample,
  nonSyncFlags,
  oneFrameFragment,
  videoInit,
} from '../../../support/cmaf-fixtures.ts';
import { RecordingSink, testRenditions, TestProgram } from '../../../support/hls-program.ts';

function started(): { test: TestProgram; encoder: FakeEncoder } {
  const test = new TestProgram();
  return { test, encoder: test.beginRun() };
}

describe('a program with a quick start', () => {
  it('closes its first segment after half the time and all others on the grid, in every rendition', () => {
    const test = new TestProgram({ isQuickStart: true });
    test.beginRun(30);
    test.feed(5.1);
    const ofKind = (renditionId: string) => test.sink.segments.filter((segment) => segment.renditionId === renditionId);
    expect(
      ofKind('video').map(({ startTicks, durationTicks }) => [startTicks / 90_000, durationTicks / 90_000]),
    ).toEqual([
      [11, 1],
      [12, 2],
      [14, 2],
    ]);
    expect(ofKind('audio').map(({ partCount }) => partCount)).toEqual([3, 6, 6]);
    expect(
      ofKind('audio').every(({ startTicks }, index) => Math.abs(startTicks / 48_000 - [11, 12, 14][index]!) < 0.022),
    ).toBe(true);
  });

  it('refuses an encoder without a keyframe at the end of its short first segment', () => {
    const test = new TestProgram({ isQuickStart: true });
    test.beginRun(60);
    expect(() => test.feed(1.5)).toThrow(expect.objectContaining({ code: 'HLS_KEYFRAME_MISSING' }));
  });

  it('begins its second run on the next frame with a whole segment', () => {
    const test = new TestProgram({ isQuickStart: true });
    test.beginRun(30);
    test.feed(1.5);
    test.program.endRun('died');
    // Sound ended after the picture, at 12.5 s and a bit: on the frame behind it.
    const startSec = test.program.nextRunStartSec();
    expect(startSec).toBeCloseTo(12.533, 3);
    test.beginRun(30);
    test.feed(2.1);
    const { startTicks, partCount, durationTicks } = test.sink.segments.findLast(
      ({ renditionId }) => renditionId === 'video',
    )!;
    expect([startTicks, partCount, durationTicks]).toEqual([Math.round(startSec * 90_000), 6, 180_000]);
  });
});

describe('pushFragment', () => {
  it('publishes part k of video and audio together, from one barrier', () => {
    const { test, encoder } = started();
    for (let index = 0; index < 10; index++) test.program.pushFragment('video', encoder.videoFrame(index));
    for (let index = 0; index < 15; index++) test.program.pushFragment('audio', encoder.audioFrame(index));
    expect(test.sink.parts).toHaveLength(0);
    test.program.pushFragment('audio', encoder.audioFrame(15));
    expect(test.sink.order.slice(2)).toEqual(['part video 0.0', 'part audio 0.0']);
    expect(test.sink.parts.map(({ durationTicks }) => durationTicks)).toEqual([30_000, 16 * 1024]);
  });

  it('cuts audio parts and segments at the AAC frame nearest the video cut', () => {
    const { test } = started();
    test.feed(8.1);
    const frames = (ticks: number) => ticks / 1024;
    const audioParts = test.sink.parts.filter(({ renditionId }) => renditionId === 'audio');
    const audioSegments = test.sink.segments.filter(({ renditionId }) => renditionId === 'audio');
    expect(audioParts.slice(0, 6).map(({ durationTicks }) => frames(durationTicks))).toEqual([16, 15, 16, 16, 15, 16]);
    expect(audioSegments.map(({ durationTicks }) => frames(durationTicks))).toEqual([94, 94, 93, 94]);
  });

  it('drops the AAC priming packet before the start of the run', () => {
    const { test } = started();
    test.feed(0.4);
    expect(test.sink.parts.find(({ renditionId }) => renditionId === 'audio')!.startTicks).toBe(480_000);
  });

  it('dates every part from the wall time of frame zero, whatever the clock does meanwhile', () => {
    const { test } = started();
    const zeroMs = test.clock.wallMs();
    test.clock.stepWall(-90_000);
    test.feed(4.1);
    const dates = test.sink.parts
      .filter(({ renditionId }) => renditionId === 'video')
      .map((part) => part.programDateTimeMs - zeroMs);
    expect(dates.slice(0, 7)).toEqual([0, 333, 667, 1000, 1333, 1667, 2000]);
  });

  it('reports init, parts, segment and end to the sink in the order published', () => {
    const { test } = started();
    test.feed(2);
    test.program.end();
    expect(test.sink.order.slice(0, 4)).toEqual(['init video 0', 'init audio 0', 'part video 0.0', 'part audio 0.0']);
    expect(test.sink.order.slice(-3)).toEqual(['segment video 0', 'segment audio 0', 'end']);
  });

  it('hands every fragment on before the part that it belongs to', () => {
    const test = new TestProgram();
    const encoder = test.beginRun();
    test.sink.fragments.length = 0;
    const pushed = [...encoder.between(0, 0.5)];
    for (const { renditionId, bytes } of pushed) test.program.pushFragment(renditionId, bytes);
    const { fragments, parts } = test.sink;
    expect(fragments.map(({ bytes }) => bytes)).toEqual(pushed.map(({ bytes }) => bytes));
    expect(parts).toHaveLength(2);
    const video = fragments.filter(({ renditionId }) => renditionId === 'video');
    const runStartTicks = parts.find(({ renditionId }) => renditionId === 'video')!.startTicks;
    expect(video.map(({ endTicks }) => endTicks - runStartTicks)).toEqual(video.map((_, index) => 3000 * (index + 1)));
  });

  it('goes on for viewers when the sink throws', () => {
    const sink = new RecordingSink();
    sink.partClosed = () => {
      throw new Error('disk full');
    };
    const { clock, config, metrics } = new TestProgram();
    const program = createProgram({
      webinarId: 'w',
      sessionId: 's',
      renditions: testRenditions,
      config,
      sink,
      clock,
      metrics,
      logger: silentLogger,
    });
    program.beginRun({ runIndex: 0, startTimeSec: 10, frameZeroWallMs: 0 });
    program.pushInit('video', videoInit());
    program.pushInit('audio', audioInit());
    for (const { renditionId, bytes } of new FakeEncoder({ startTimeSec: 10 }).between(0, 2.1))
      program.pushFragment(renditionId, bytes);
    expect(program.isReady).toBe(true);
  });

  it.each([
    ['bytes that are no boxes', () => new Uint8Array(50).fill(7), 'FMP4_BOX_MALFORMED'],
    ['a fragment that was sent before', (encoder: FakeEncoder) => encoder.videoFrame(4), 'HLS_TIMELINE_BROKEN'],
    ['a fragment after a hole', (encoder: FakeEncoder) => encoder.videoFrame(6), 'HLS_TIMELINE_BROKEN'],
    [
      'a frame that lasts too long',
      () =>
        oneFrameFragment({ startTicks: 915_000, durationTicks: 3001, flags: nonSyncFlags, data: h264Sample(false, 5) }),
      'HLS_TIMELINE_BROKEN',
    ],
    [
      'a fragment whose second frame is off the grid',
      () =>
        writeFragment({
          trackId: 1,
          sequenceNumber: 1,
          startTicks: 915_000,
          samples: [3000, 2000].map((durationTicks) => ({
            data: h264Sample(false, 5),
            durationTicks,
            flags: nonSyncFlags,
            compositionOffsetTicks: 0,
          })),
        }),
      'HLS_TIMELINE_BROKEN',
    ],
  ])('throws on %s and leaves the program as it was', (_name, bytesOf, code) => {
    const { test, encoder } = started();
    for (let index = 0; index < 5; index++) test.program.pushFragment('video', encoder.videoFrame(index));
    expect(() => test.program.pushFragment('video', bytesOf(encoder))).toThrow(expect.objectContaining({ code }));
    for (let index = 5; index < 10; index++) test.program.pushFragment('video', encoder.videoFrame(index));
    for (let index = 0; index < 16; index++) test.program.pushFragment('audio', encoder.audioFrame(index));
    expect(test.sink.parts).toHaveLength(2);
  });

  it('throws HLS_KEYFRAME_MISSING when a segment would not begin with an IDR picture', () => {
    const test = new TestProgram();
    const encoder = test.beginRun(90);
    expect(() => test.feed(2.1)).toThrow(expect.objectContaining({ code: 'HLS_KEYFRAME_MISSING' }));
    expect(encoder.videoFrame(60)).toBeDefined();
  });

  it('throws HLS_RENDITION_STALLED when the other rendition delivers nothing for two target durations', () => {
    const { test, encoder } = started();
    const pushAll = () => {
      for (let index = 0; index < 200; index++) test.program.pushFragment('video', encoder.videoFrame(index));
    };
    expect(pushAll).toThrow(expect.objectContaining({ code: 'HLS_RENDITION_STALLED' }));
    expect(test.sink.parts).toHaveLength(0);
  });

  it('throws before a run, before an init, for a strange rendition and after the end', () => {
    const test = new TestProgram();
    const { program } = test;
    const bytes = new FakeEncoder({ startTimeSec: 10 }).videoFrame(0);
    expect(() => program.pushFragment('video', bytes)).toThrow(expect.objectContaining({ code: 'HLS_RUN_NOT_OPEN' }));
    program.beginRun({ runIndex: 0, startTimeSec: 10, frameZeroWallMs: 0 });
    expect(() => program.pushFragment('video', bytes)).toThrow(expect.objectContaining({ code: 'HLS_INIT_MISSING' }));
    expect(() => program.pushFragment('nope', bytes)).toThrow(
      expect.objectContaining({ code: 'HLS_RENDITION_UNKNOWN' }),
    );
    program.end();
    expect(() => program.pushFragment('video', bytes)).toThrow(expect.objectContaining({ code: 'CORE_CLOSED' }));
  });
});

describe('pushInit', () => {
  it.each([
    ['video', videoInit({ width: 640 })],
    ['video', videoInit({ timescaleHz: 15_360 })],
    ['video', audioInit()],
    ['audio', audioInit({ timescaleHz: 44_100 })],
  ])('throws HLS_INIT_MISMATCH when %s is not what was announced', (renditionId, bytes) => {
    const { program } = new TestProgram();
    program.beginRun({ runIndex: 0, startTimeSec: 10, frameZeroWallMs: 0 });
    expect(() => program.pushInit(renditionId, bytes)).toThrow(expect.objectContaining({ code: 'HLS_INIT_MISMATCH' }));
  });
});

describe('runs', () => {
  it('start at 10 s and then at the next frame behind everything received', () => {
    const { test } = started();
    expect(test.program.nextRunStartSec()).toBe(10);
    test.feed(2);
    test.program.endRun('x');
    const secondSec = test.program.nextRunStartSec();
    expect(secondSec - 12).toBeLessThan(0.04);
    expect(Math.round(secondSec * 30)).toBeCloseTo(secondSec * 30, 6);
    test.beginRun();
    test.feed(0.1);
    test.program.endRun('x');
    expect(test.program.nextRunStartSec() - secondSec - 0.1).toBeLessThan(0.04);
  });

  it.each([
    { runIndex: 0, startTimeSec: 16 },
    { runIndex: 1.5, startTimeSec: 16 },
    { runIndex: 1, startTimeSec: 15.01 },
    { runIndex: 1, startTimeSec: 12 },
  ])('beginRun refuses %o after a run from 10 to 14.1 s', ({ runIndex, startTimeSec }) => {
    const { test } = started();
    test.feed(4.1);
    expect(() => test.program.beginRun({ runIndex, startTimeSec, frameZeroWallMs: 0 })).toThrow(
      expect.objectContaining({ code: 'HLS_RUN_INVALID' }),
    );
  });

  it('continue the sequence numbers behind a discontinuity in all renditions', () => {
    const { test } = started();
    test.feed(3);
    test.beginRun();
    test.feed(2.1);
    const summary = test.sink.segments.map((s) => [
      s.renditionId,
      s.mediaSequenceNumber,
      s.runIndex,
      s.isDiscontinuity,
    ]);
    expect(summary).toEqual([
      ['video', 0, 0, false],
      ['audio', 0, 0, false],
      ['video', 1, 0, false],
      ['audio', 1, 0, false],
      ['video', 2, 1, true],
      ['audio', 2, 1, true],
    ]);
  });

  it('need no discontinuity when the run before published nothing', () => {
    const { test } = started();
    test.program.endRun('died at once');
    test.beginRun();
    test.feed(2.1);
    expect(test.sink.segments.map(({ runIndex, isDiscontinuity }) => [runIndex, isDiscontinuity])).toEqual([
      [1, false],
      [1, false],
    ]);
  });
});

describe('life', () => {
  it('playable resolves with the first whole segment, and not with its parts', async () => {
    const { test } = started();
    let isPlayable = false;
    void test.program.playable.then(() => (isPlayable = true));
    test.feed(1.9);
    await Promise.resolve();
    expect(isPlayable).toBe(false);
    test.feed(0.3);
    await expect(test.program.playable).resolves.toBeUndefined();
  });

  it('playable rejects when the program ends without a segment', async () => {
    const { test } = started();
    test.program.close();
    await expect(test.program.playable).rejects.toMatchObject({ code: 'CORE_CLOSED' });
  });

  it('end publishes what is left and the end of the playlists as one state', () => {
    const { test } = started();
    test.feed(1.4);
    const partCount = test.sink.parts.length;
    const states: [boolean, number][] = [];
    test.program.events.on('changed', () => states.push([test.program.isEnded, test.sink.parts.length - partCount]));
    test.program.end();
    expect(states).toEqual([[true, 2]]);
  });

  it('end and close are idempotent and tell once', () => {
    const { test } = started();
    const heard: string[] = [];
    test.program.events.on('ended', () => heard.push('ended'));
    test.program.events.on('closed', () => heard.push('closed'));
    test.program.end();
    test.program.end();
    test.program.close();
    test.program.close();
    expect(heard).toEqual(['ended', 'closed']);
    expect(test.sink.order.filter((entry) => entry === 'end')).toHaveLength(1);
  });

  it('holds a bounded number of bytes however long it runs', () => {
    const test = new TestProgram({ windowSec: 12 });
    test.beginRun();
    const feedMinute = () => {
      for (let second = 0; second < 60; second++) test.feed(1);
      return test.program.window('video')!.heldBytes();
    };
    const afterOneMinute = feedMinute();
    expect(feedMinute()).toBeLessThanOrEqual(afterOneMinute);
  });
});

describe('createProgram', () => {
  const [video, audio] = testRenditions as [RenditionSpec, RenditionSpec];
  it.each([
    ['no video', [audio]],
    ['a repeated id', [video, video]],
    ['an id that is no path element', [{ ...video, renditionId: '../x' }]],
    ['two frame rates', [video, { ...video, renditionId: 'b', video: { ...video.video!, frameRate: 25 } }]],
  ])('throws HLS_PROGRAM_INVALID for %s', (_name, renditions) => {
    const { clock, config, metrics } = new TestProgram();
    expect(() =>
      createProgram({ webinarId: 'w', sessionId: 's', renditions, config, clock, metrics, logger: silentLogger }),
    ).toThrow(expect.objectContaining({ code: 'HLS_PROGRAM_INVALID' }));
  });
});
