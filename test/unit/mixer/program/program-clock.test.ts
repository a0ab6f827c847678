import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../src/core/clock.ts';
import { ProgramClock } from '../../../../src/mixer/program/program-clock.ts';

const unexpected = (): never => {
  throw new Error('It did not fall behind.');
};

function ticking(frameRate = 30) {
  const clock = new FakeClock();
  const ticks: { index: number; atMs: number; isRepeat: boolean }[] = [];
  const program = new ProgramClock({
    clock,
    frameRate,
    onTick: (index, isRepeat) => ticks.push({ index, atMs: clock.nowMs(), isRepeat }),
    onFellBehind: unexpected,
  });
  return { clock, ticks, program };
}

/** Time passes while nothing runs, as when the event loop is blocked. */
class BlockableClock extends FakeClock {
  #blockedMs = 0;

  block(blockedMs: number): void {
    this.#blockedMs += blockedMs;
  }

  override nowMs(): number {
    return super.nowMs() + this.#blockedMs;
  }
}

describe('ProgramClock', () => {
  it('start emits tick 0 at once and tick n at T0 + n / 30, without drift over an hour', () => {
    const { clock, ticks, program } = ticking();
    program.setStart(clock.nowMs());
    program.start();
    clock.advance(3_600_000);
    expect(ticks).toHaveLength(108_001);
    for (const { index, atMs } of ticks) {
      expect(atMs).toBeGreaterThanOrEqual((index * 1000) / 30);
      expect(atMs).toBeLessThan((index * 1000) / 30 + 2);
    }
    expect(program.lateTickCount).toBe(0);
  });

  it('catches up with every tick missed in a stall of up to 2 s', () => {
    const clock = new BlockableClock();
    const ticks: [number, boolean][] = [];
    const program = new ProgramClock({
      clock,
      frameRate: 30,
      onTick: (index, isRepeat) => ticks.push([index, isRepeat]),
      onFellBehind: unexpected,
    });
    program.setStart(clock.nowMs());
    program.start();
    clock.block(1500);
    clock.advance(40);
    expect(ticks.map(([index]) => index)).toEqual(Array.from({ length: ticks.length }, (_, index) => index));
    expect(ticks).toHaveLength(47);
    expect(ticks.slice(2).every(([, isRepeat]) => isRepeat)).toBe(true);
    expect(program.lateTickCount).toBeGreaterThan(40);
  });

  it('a stall over 2 s is told once, and the next tick has the number of its time', () => {
    const clock = new BlockableClock();
    const fellBehindMs: number[] = [];
    const ticks: { index: number; atMs: number; isRepeat: boolean }[] = [];
    const program = new ProgramClock({
      clock,
      frameRate: 30,
      onTick: (index, isRepeat) => ticks.push({ index, atMs: clock.nowMs(), isRepeat }),
      onFellBehind: (behindMs) => fellBehindMs.push(behindMs),
    });
    program.setStart(clock.nowMs());
    program.start();
    clock.block(10_000);
    clock.advance(1000);
    expect(fellBehindMs).toHaveLength(1);
    expect(fellBehindMs[0]).toBeCloseTo(10_000, -1);
    expect(ticks[1]).toMatchObject({ index: 301, isRepeat: false });
    for (const { index, atMs } of ticks) expect(Math.abs(atMs - program.dueMs(index))).toBeLessThan(40);
    expect(program.nextTick).toBe(ticks.at(-1)!.index + 1);
    expect(program.tickCount).toBe(ticks.length);
  });

  it('stop ends it, also from within a tick, and leaves no timer', () => {
    const clock = new BlockableClock();
    const program: ProgramClock = new ProgramClock({
      clock,
      frameRate: 30,
      onTick: (index) => index === 3 && program.stop(),
      onFellBehind: unexpected,
    });
    program.setStart(clock.nowMs());
    program.start();
    clock.block(1000);
    clock.advance(1000);
    expect(program.tickCount).toBe(4);
    expect(clock.pendingTimerCount).toBe(0);
  });
});
