import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../../src/core/logger.ts';
import { EncoderFeed, type FrameConsumer } from '../../../../src/mixer/program/encoder-feed.ts';
import { FramePool } from '../../../../src/mixer/program/frame-pool.ts';

/** An encoder whose speed the test decides. */
class PacedEncoder implements FrameConsumer {
  readonly submitted: { frame: Uint8Array; sounds: readonly Uint8Array[]; onFrameWritten: () => void }[] = [];
  encodedFrameCount = 0;

  submit(frame: Uint8Array, sounds: readonly Uint8Array[], onFrameWritten: () => void): void {
    this.submitted.push({ frame, sounds, onFrameWritten });
  }

  encode(frameCount: number): void {
    for (let count = 0; count < frameCount; count++) this.submitted[this.encodedFrameCount++]!.onFrameWritten();
  }

  /** As a process that is killed: what was not taken is given back all the same. */
  die(): void {
    this.submitted.slice(this.encodedFrameCount).forEach(({ onFrameWritten }) => onFrameWritten());
  }
}

function feedInto() {
  const encoder = new PacedEncoder();
  const pool = new FramePool(16, 16);
  const fellBehindMs: number[] = [];
  const onFellBehind = (behindMs: number): void => void fellBehindMs.push(behindMs);
  const feed = new EncoderFeed({ pool, logger: silentLogger, frameRate: 30, onFellBehind });
  feed.attach(encoder);
  let composedCount = 0;
  let tickIndex = 0;
  return {
    encoder,
    feed,
    fellBehindMs,
    pool,
    composedCount: () => composedCount,
    push: (isRepeat = false) =>
      feed.push(tickIndex++, [new Uint8Array([tickIndex % 256])], isRepeat, ({ picture }) => {
        composedCount++;
        picture.data.fill(composedCount % 256);
      }),
  };
}

describe('EncoderFeed', () => {
  it('push composes every frame and reuses a few buffers while the encoder keeps up', () => {
    const test = feedInto();
    for (let frame = 0; frame < 300; frame++) {
      test.push();
      if (frame >= 3) test.encoder.encode(1);
    }
    expect(test.composedCount()).toBe(300);
    expect(test.pool.allocatedCount).toBeLessThanOrEqual(6);
    expect(test.feed.backlogFrameCount).toBe(3);
  });

  it('push never writes into a frame that is still queued', () => {
    const test = feedInto();
    for (let frame = 0; frame < 40; frame++) test.push();
    test.encoder.submitted.forEach(({ frame }, index) => expect(frame[0]).toBe(index + 1));
  });

  it('push repeats the last frame from 2 s of backlog and gives up from 4 s', () => {
    const test = feedInto();
    for (let frame = 0; frame < 300; frame++) test.push();
    const { submitted } = test.encoder;
    expect(test.composedCount()).toBe(61);
    expect(submitted).toHaveLength(121);
    expect(new Set(submitted.map(({ frame }) => frame)).size).toBe(61);
    expect(test.feed.repeatedFrameCount).toBe(60);
    expect(test.fellBehindMs).toHaveLength(179);
    expect(test.fellBehindMs[0]).toBeCloseTo(4033, 0);
    expect(test.pool.allocatedCount).toBe(61);
  });

  it('push composes again after the encoder has caught up, and frees what it needed', () => {
    const test = feedInto();
    for (let frame = 0; frame < 300; frame++) test.push();
    test.encoder.encode(121);
    test.push();
    expect(test.composedCount()).toBe(62);
    test.encoder.encode(1);
    expect(test.pool.allocatedCount).toBeLessThanOrEqual(10);
  });

  it('push of a catch-up tick shows the last frame again without composing', () => {
    const test = feedInto();
    test.push();
    test.push(true);
    expect(test.composedCount()).toBe(1);
    const [first, second] = test.encoder.submitted;
    expect(second!.frame).toBe(first!.frame);
    expect(test.feed.repeatedFrameCount).toBe(0);
  });

  it('attach of a successor gives it what the lost encoder had not given out and what came since, in order', () => {
    const test = feedInto();
    for (let frame = 0; frame < 10; frame++) test.push();
    test.encoder.encode(5);
    test.feed.suspend();
    test.push();
    // Still in its pipe when it was killed.
    test.encoder.encode(2);
    test.encoder.die();
    test.feed.detach();
    test.push();
    expect(test.encoder.submitted).toHaveLength(10);
    expect(test.feed.firstPendingTick).toBe(7);
    const successor = new PacedEncoder();
    test.feed.attach(successor);
    test.push();
    expect(successor.submitted.map(({ frame, sounds }) => [frame[0], sounds[0]![0]])).toEqual(
      [8, 9, 10, 11, 12, 13].map((number) => [number, number]),
    );
    successor.encode(6);
    expect(test.feed.firstPendingTick).toBeUndefined();
    expect(test.pool.allocatedCount).toBeLessThanOrEqual(9);
  });

  it('push without an encoder stays within the same bounds', () => {
    const test = feedInto();
    test.feed.detach();
    for (let frame = 0; frame < 300; frame++) test.push();
    expect(test.feed.backlogFrameCount).toBe(121);
    expect(test.pool.allocatedCount).toBe(61);
    expect(test.fellBehindMs).toHaveLength(179);
  });

  it('push gives a successor its own 4 s, whatever it inherited, and gives up at 8 s in all', () => {
    const test = feedInto();
    for (let frame = 0; frame < 110; frame++) test.push();
    test.feed.detach();
    const successor = new PacedEncoder();
    test.feed.attach(successor);
    for (let frame = 0; frame < 100; frame++) test.push();
    expect(test.fellBehindMs).toEqual([]);
    // It works through what it inherited: from then on the backlog is its own.
    for (let frame = 0; frame < 20; frame++) {
      successor.encode(2);
      test.push();
    }
    expect(test.fellBehindMs).toEqual([]);
    test.feed.detach();
    test.feed.attach(new PacedEncoder());
    for (let frame = 0; frame < 60; frame++) test.push();
    expect(test.fellBehindMs[0]).toBeCloseTo(8033, 0);
    expect(test.pool.allocatedCount).toBeLessThanOrEqual(61);
  });

  it('dropBacklog begins anew with the next tick and gives the frames back', () => {
    const test = feedInto();
    for (let frame = 0; frame < 50; frame++) test.push();
    test.feed.dropBacklog();
    test.encoder.die();
    expect(test.feed.firstPendingTick).toBeUndefined();
    test.push();
    expect(test.feed.firstPendingTick).toBe(50);
    expect(test.encoder.submitted).toHaveLength(50);
    test.feed.close();
    expect(test.pool.allocatedCount).toBeLessThanOrEqual(8);
  });
});
