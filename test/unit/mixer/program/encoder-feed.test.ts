import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../../src/core/logger.ts';
import { EncoderFeed } from '../../../../src/mixer/program/encoder-feed.ts';
import { FramePool } from '../../../../src/mixer/program/frame-pool.ts';

/** An encoder whose speed the test decides. */
function feedInto() {
  const queued: { frame: Uint8Array; sounds: readonly Uint8Array[]; onFrameWritten: () => void }[] = [];
  const encoder = {
    get backlogFrameCount() {
      return queued.length;
    },
    submit: (frame: Uint8Array, sounds: readonly Uint8Array[], onFrameWritten: () => void) =>
      void queued.push({ frame, sounds, onFrameWritten }),
  };
  const pool = new FramePool(16, 16);
  const fellBehindMs: number[] = [];
  const onFellBehind = (behindMs: number): void => void fellBehindMs.push(behindMs);
  const feed = new EncoderFeed({ encoder, pool, logger: silentLogger, frameRate: 30, onFellBehind });
  let composedCount = 0;
  return {
    feed,
    fellBehindMs,
    pool,
    queued,
    composedCount: () => composedCount,
    push: (isRepeat = false) =>
      feed.push([new Uint8Array(8)], isRepeat, ({ picture }) => {
        composedCount++;
        picture.data.fill(composedCount % 256);
      }),
    encode: (count: number) => queued.splice(0, count).forEach(({ onFrameWritten }) => onFrameWritten()),
  };
}

describe('EncoderFeed', () => {
  it('push composes every frame and reuses a few buffers while the encoder keeps up', () => {
    const test = feedInto();
    for (let frame = 0; frame < 300; frame++) {
      test.push();
      if (frame >= 3) test.encode(1);
    }
    expect(test.composedCount()).toBe(300);
    expect(test.pool.allocatedCount).toBeLessThanOrEqual(6);
  });

  it('push never writes into a frame that is still queued', () => {
    const test = feedInto();
    for (let frame = 0; frame < 40; frame++) test.push();
    test.queued.forEach(({ frame }, index) => expect(frame[0]).toBe(index + 1));
  });

  it('push repeats the last frame from 2 s of backlog and gives up from 4 s', () => {
    const test = feedInto();
    for (let frame = 0; frame < 300; frame++) test.push();
    expect(test.composedCount()).toBe(61);
    expect(test.queued).toHaveLength(121);
    expect(new Set(test.queued.map(({ frame }) => frame)).size).toBe(61);
    expect(test.feed.repeatedFrameCount).toBe(60);
    expect(test.fellBehindMs).toHaveLength(179);
    expect(test.fellBehindMs[0]).toBeCloseTo(4033, 0);
    expect(test.pool.allocatedCount).toBe(61);
  });

  it('push composes again after the encoder has caught up, and frees what it needed', () => {
    const test = feedInto();
    for (let frame = 0; frame < 300; frame++) test.push();
    test.encode(121);
    test.push();
    expect(test.composedCount()).toBe(62);
    test.encode(1);
    expect(test.pool.allocatedCount).toBeLessThanOrEqual(10);
  });

  it('push of a catch-up tick shows the last frame again without composing', () => {
    const test = feedInto();
    test.push();
    test.push(true);
    expect(test.composedCount()).toBe(1);
    expect(test.queued[1]!.frame).toBe(test.queued[0]!.frame);
    expect(test.feed.repeatedFrameCount).toBe(0);
  });
});
