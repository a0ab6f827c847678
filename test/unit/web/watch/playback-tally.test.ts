import { describe, expect, it } from 'vitest';
import { beaconSchema } from '../../../../src/signaling/protocol/index.ts';
import { PlaybackTally, type PlaybackReading } from '../../../../web/src/watch/playback-tally.ts';
import { noStalls } from '../../../../web/src/watch/stall-counter.ts';

const reading = (change: Partial<PlaybackReading> = {}): PlaybackReading => ({
  isPlaying: true,
  currentTimeSec: 0,
  stalls: noStalls,
  latencyMs: 1612.4,
  heightPx: 432,
  errorCount: 0,
  ...change,
});

/** Half a second apart, as the page's tick. */
function watch(tally: PlaybackTally, fromMs: number, seconds: number, change: Partial<PlaybackReading> = {}): void {
  for (let tick = 0; tick <= seconds * 2; tick++) {
    tally.observe(fromMs + tick * 500, reading({ currentTimeSec: (fromMs + tick * 500) / 1000, ...change }));
  }
}

describe('PlaybackTally', () => {
  it('take tells what is new since the last report, in the shape the server takes', () => {
    const tally = new PlaybackTally();
    expect(tally.take()).toBeUndefined();
    watch(tally, 1000, 10);
    tally.noteJoin(812.6);
    tally.noteJoin(9000);
    const report = tally.take()!;
    expect(report).toEqual({
      isPlaying: true,
      watchedMs: 10_000,
      stallCount: 0,
      stalledMs: 0,
      errorCount: 0,
      latencyMs: 1612,
      heightPx: 432,
      joinMs: 813,
    });
    expect(beaconSchema.safeParse({ ...report, pass: 'x'.repeat(30), sequence: 0, isLeaving: false }).success).toBe(
      true,
    );
    watch(tally, 11_500, 4, { errorCount: 2 });
    expect(tally.take()).toMatchObject({ watchedMs: 4500, errorCount: 2 });
    watch(tally, 16_000, 0, { errorCount: 2 });
    const last = tally.take();
    expect(last).not.toHaveProperty('joinMs');
    expect(last).toMatchObject({ errorCount: 0 });
    // No player, no report: nobody watches an event that is over.
    expect(tally.take()).toBeUndefined();
  });

  it('take says goodbye once for whoever was observed, also right behind a report', () => {
    const tally = new PlaybackTally();
    expect(tally.take(true)).toBeUndefined();
    watch(tally, 0, 5);
    tally.take();
    expect(tally.take(true)).toMatchObject({ watchedMs: 0 });
    expect(tally.take(true)).toBeUndefined();
    watch(tally, 6000, 1);
    expect(tally.take()).toMatchObject({ watchedMs: 1000 });
  });

  it('counts no time in which the program stood still, was paused, or the page slept', () => {
    const tally = new PlaybackTally();
    watch(tally, 0, 5, { currentTimeSec: 7 });
    watch(tally, 5500, 5, { isPlaying: false });
    expect(tally.take()).toMatchObject({ watchedMs: 0 });
    tally.observe(600_000, reading({ currentTimeSec: 600 }));
    expect(tally.take()).toMatchObject({ watchedMs: 2000 });
  });

  it('a stall that goes on is told in pieces', () => {
    const tally = new PlaybackTally();
    const stalls = { ...noStalls, stallCount: 1, stalledSinceMs: 1000 };
    watch(tally, 0, 4, { stalls });
    expect(tally.take()).toMatchObject({ stallCount: 1, stalledMs: 3000 });
    watch(tally, 4500, 2, { stalls: { ...noStalls, stallCount: 1, stalledMs: 4250 } });
    expect(tally.take()).toMatchObject({ stallCount: 0, stalledMs: 1250 });
  });
});
