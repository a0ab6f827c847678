import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ntpOffsetMs, ReportRegression } from '../../../../src/mixer/input/report-regression.ts';
import { SenderClock, SenderClocks } from '../../../../src/mixer/input/sender-clock.ts';
import { SlidingMinimumDelay } from '../../../../src/mixer/input/sliding-minimum-delay.ts';

const ntpZeroMs = 3_900_000_000_000;

/** Where the line is at a media time, off `ntpZeroMs`; undefined before it is ready. */
function errorMs(regression: ReportRegression, mediaMs: number): number | undefined {
  return regression.line && ntpOffsetMs(regression.line, mediaMs) - ntpZeroMs;
}

function fed(errorsMs: readonly number[]): ReportRegression {
  const regression = new ReportRegression();
  errorsMs.forEach((error, second) => regression.add(second * 1000, ntpZeroMs + second * 1000 + error));
  return regression;
}

const zeros = (count: number): number[] => new Array<number>(count).fill(0);

describe('ReportRegression', () => {
  it('has a line from the fourth report on', () => {
    expect(fed(zeros(3)).line).toBeUndefined();
    expect(errorMs(fed(zeros(4)), 3000)).toBeCloseTo(0, 3);
  });

  it('the same report again counts once', () => {
    const regression = new ReportRegression();
    for (let count = 0; count < 9; count++) regression.add(1000, ntpZeroMs + 1000);
    expect(regression.line).toBeUndefined();
  });

  it('up to four outliers are left out, the fifth has the line drawn anew', () => {
    const outliers = [50, -70, 90, -110, 130];
    const before = fed([...zeros(10), ...outliers.slice(0, 4)]);
    expect(errorMs(before, 14_000)).toBeCloseTo(0, 3);
    expect(errorMs(fed([...zeros(10), ...outliers.slice(0, 4), ...zeros(3)]), 17_000)).toBeCloseTo(0, 3);
    expect(Math.abs(errorMs(fed([...zeros(10), ...outliers]), 14_000)!)).toBeGreaterThan(5);
  });

  it('two outliers that agree move the line, one alone does not', () => {
    expect(errorMs(fed([...zeros(10), 33]), 11_000)).toBeCloseTo(0, 3);
    expect(errorMs(fed([...zeros(10), 33, 33]), 12_000)).toBeCloseTo(33, 0);
    expect(errorMs(fed([...zeros(10), 33, 0, 33, 0]), 14_000)).toBeCloseTo(0, 1);
  });

  it('a change among its first reports is forgotten once four agree', () => {
    expect(errorMs(fed([90, 90, 90, ...zeros(4)]), 7000)).toBeCloseTo(0, 0);
  });

  it.each([500, 100, -500])(
    'drift of %i ppm is followed within 1 ms while reports come, and within 5 ms for a minute without',
    (ppm) => {
      const errorsMs = Array.from({ length: 30 }, (_, second) => (second * 1000 * ppm) / 1e6);
      for (let count = 5; count <= 30; count++) {
        const error = errorMs(fed(errorsMs.slice(0, count)), count * 1000)!;
        expect(Math.abs(error - (count * 1000 * ppm) / 1e6)).toBeLessThan(1);
      }
      expect(Math.abs(errorMs(fed(errorsMs), 90_000)! - (90_000 * ppm) / 1e6)).toBeLessThan(5);
    },
  );

  it('stays finite and within 1000 ppm whatever it is fed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 4e12 })), { maxLength: 60 }),
        (reports) => {
          const regression = new ReportRegression();
          for (const [mediaMs, ntpMs] of reports) regression.add(mediaMs, ntpMs);
          const { line } = regression;
          if (line === undefined) return;
          expect(Number.isFinite(ntpOffsetMs(line, 0))).toBe(true);
          expect(Math.abs(line.drift)).toBeLessThanOrEqual(0.001);
        },
      ),
    );
  });
});

describe('SenderClock', () => {
  it('the fastest report of the last half minute tells the offset', () => {
    const clock = new SenderClock();
    expect(clock.offsetMs).toBeUndefined();
    [9, 4, 30, 2, 7].forEach((delayMs, second) => clock.observe(ntpZeroMs + second * 1000, second * 1000 + delayMs));
    expect(clock.offsetMs).toBeCloseTo(2 - ntpZeroMs, 3);
    for (let second = 5; second < 40; second++) clock.observe(ntpZeroMs + second * 1000, second * 1000 + 12);
    expect(clock.offsetMs).toBeCloseTo(12 - ntpZeroMs, 3);
  });

  it('NTP that wraps, as in 2036, goes on', () => {
    const clock = new SenderClock();
    const range = 2 ** 32 * 1000;
    const wide = [-2000, -1000, 0, 1000].map((ms) => clock.observe((range + ms) % range, ms + 5));
    expect(wide).toEqual([-2000, -1000, 0, 1000].map((ms) => range + ms));
    expect(clock.offsetMs).toBeCloseTo(5 - range, 3);
  });

  it('a clock set back is followed after five reports, one set forward at once', () => {
    const clock = new SenderClock();
    clock.observe(ntpZeroMs, 0);
    for (let second = 1; second <= 4; second++) clock.observe(ntpZeroMs + second * 1000 - 700, second * 1000);
    expect(clock.offsetMs).toBeCloseTo(-ntpZeroMs, 3);
    clock.observe(ntpZeroMs + 5000 - 700, 5000);
    expect(clock.offsetMs).toBeCloseTo(700 - ntpZeroMs, 3);
    clock.observe(ntpZeroMs + 6000 + 300, 6000);
    expect(clock.offsetMs).toBeCloseTo(-300 - ntpZeroMs, 3);
  });
});

describe('SenderClocks.of', () => {
  it('gives the same clock to the same origin, and forgets the one longest unheard beyond sixteen', () => {
    const clocks = new SenderClocks();
    const first = clocks.of('10.0.0.1:1');
    for (let port = 2; port <= 16; port++) clocks.of(`10.0.0.1:${port}`);
    expect(clocks.of('10.0.0.1:1')).toBe(first);
    const second = clocks.of('10.0.0.1:2');
    for (let port = 17; port <= 31; port++) clocks.of(`10.0.0.1:${port}`);
    expect(clocks.of('10.0.0.1:2')).toBe(second);
    expect(clocks.of('10.0.0.1:1')).not.toBe(first);
  });
});

describe('SlidingMinimumDelay', () => {
  it('is the smallest value of the window, to a sixteenth of it', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer()), { minLength: 1 }), (pushes) => {
        const minimum = new SlidingMinimumDelay(1600);
        let nowMs = 0;
        const seen: { atMs: number; value: number }[] = [];
        for (const [pauseMs, value] of pushes) {
          nowMs += pauseMs;
          seen.push({ atMs: nowMs, value });
          minimum.push(value, nowMs);
          const within = (spanMs: number) => seen.filter(({ atMs }) => atMs > nowMs - spanMs).map((one) => one.value);
          expect(minimum.minimum!).toBeLessThanOrEqual(Math.min(...within(1500)));
          expect(minimum.minimum!).toBeGreaterThanOrEqual(Math.min(...within(1800)));
        }
      }),
    );
  });
});
