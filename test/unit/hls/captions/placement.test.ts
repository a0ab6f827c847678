import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxLateMs, placeCaption } from '../../../../src/hls/captions/placement.ts';

const openFromMs = 100_000;

describe('placeCaption', () => {
  it('leaves a caption alone that comes before its segment is closed', () => {
    const span = { startMs: openFromMs, endMs: openFromMs + 3000 };
    expect(placeCaption(span, openFromMs, -Infinity)).toEqual({ ...span, delayMs: 0 });
  });

  it('begins a late caption with the open segment and keeps the time it has to be read', () => {
    expect(placeCaption({ startMs: 96_500, endMs: 99_500 }, openFromMs, -Infinity)).toEqual({
      startMs: 100_000,
      endMs: 103_000,
      delayMs: 3500,
    });
  });

  it('shows a late short one for two seconds, so that viewers at the live edge see it', () => {
    expect(placeCaption({ startMs: 99_000, endMs: 99_400 }, openFromMs, -Infinity)?.endMs).toBe(102_000);
  });

  it('lets late captions follow each other', () => {
    const first = placeCaption({ startMs: 95_000, endMs: 97_000 }, openFromMs, -Infinity)!;
    const second = placeCaption({ startMs: 97_000, endMs: 99_500 }, openFromMs, first.endMs);
    expect(second).toEqual({ startMs: 102_000, endMs: 104_500, delayMs: 5000 });
  });

  it('does not wait when too much is waiting already', () => {
    expect(placeCaption({ startMs: 97_000, endMs: 99_000 }, openFromMs, openFromMs + 6001)?.startMs).toBe(openFromMs);
  });

  it('gives up what ended too long ago', () => {
    const endMs = openFromMs - maxLateMs;
    expect(placeCaption({ startMs: endMs - 1000, endMs: endMs - 1 }, openFromMs, -Infinity)).toBeUndefined();
    expect(placeCaption({ startMs: endMs - 1000, endMs }, openFromMs, -Infinity)).toBeDefined();
  });

  it('never begins in a closed segment and never shortens', () => {
    const ms = fc.integer({ min: -30_000, max: 30_000 });
    fc.assert(
      fc.property(ms, fc.integer({ min: 1, max: 30_000 }), ms, (startMs, durationMs, lateUntilMs) => {
        const placed = placeCaption({ startMs, endMs: startMs + durationMs }, 0, lateUntilMs);
        expect(placed === undefined).toBe(startMs + durationMs < -maxLateMs);
        if (placed === undefined) return;
        expect(placed.startMs).toBeGreaterThanOrEqual(0);
        expect(placed.endMs - placed.startMs).toBeGreaterThanOrEqual(durationMs);
        expect(placed.startMs - startMs).toBe(placed.delayMs);
      }),
    );
  });
});
