import { describe, expect, it } from 'vitest';
import { ClockMap } from '../../../../src/mixer/input/clock-map.ts';

const clockRateHz = 90_000;
const ticks = (ms: number): number => ms * 90;

describe('ClockMap', () => {
  it('the packet that travelled fastest decides, bursts and jitter do not', () => {
    const map = new ClockMap({ clockRateHz });
    expect(map.toLocalMs(0)).toBeUndefined();
    const delaysMs = [180, 95, 60, 20, 45, 20, 80, 33];
    for (const [index, delayMs] of delaysMs.entries()) map.observe(ticks(index * 20), 1000 + index * 20 + delayMs);
    expect(map.toLocalMs(ticks(140))!).toBeCloseTo(1000 + 140 + 20, 0);
  });

  it('drift of 500 ppm either way is followed within 3 ms over ten minutes', () => {
    for (const ppm of [500, -500]) {
      const map = new ClockMap({ clockRateHz });
      let worstMs = 0;
      for (let ms = 0; ms < 600_000; ms += 20) {
        const arrivalMs = ms * (1 + ppm / 1e6) + 10 + ((ms * 7919) % 13);
        map.observe(ticks(ms), arrivalMs);
        if (ms > 5000) worstMs = Math.max(worstMs, Math.abs(map.toLocalMs(ticks(ms))! - (ms * (1 + ppm / 1e6) + 10)));
      }
      expect(worstMs).toBeLessThan(3);
    }
  });

  it('a jump of the sender forward is followed at once, one backward after half a second', () => {
    const map = new ClockMap({ clockRateHz });
    map.observe(ticks(10_000), 100);
    map.observe(ticks(70_000), 120);
    expect(map.toLocalMs(ticks(70_000))).toBeCloseTo(120, 5);
    for (let ms = 0; ms <= 480; ms += 20) map.observe(ticks(ms), 200 + ms);
    expect(map.toLocalMs(ticks(480))!).toBeLessThan(-60_000);
    map.observe(ticks(500), 700);
    expect(map.toLocalMs(ticks(500))).toBeCloseTo(700, 5);
  });

  it('a burst after an outage does not move the map', () => {
    const map = new ClockMap({ clockRateHz });
    map.observe(0, 50);
    for (let ms = 20; ms <= 4000; ms += 20) map.observe(ticks(ms), 4060 + ms / 100);
    expect(map.toLocalMs(ticks(4000))!).toBeLessThan(4060);
  });

  it.each([300, 800, 1400])('a path that is %i ms longer for good is followed within two seconds', (stepMs) => {
    const map = new ClockMap({ clockRateHz });
    const delayMs = (ms: number) => (ms < 5000 ? 20 : 20 + stepMs) + ((ms * 7919) % 13);
    for (let ms = 0; ms < 7000; ms += 20) map.observe(ticks(ms), ms + delayMs(ms));
    expect(map.toLocalMs(ticks(7000))! - 7000).toBeGreaterThan(20 + stepMs - 5);
    expect(map.toLocalMs(ticks(7000))! - 7000).toBeLessThan(20 + stepMs + 5);
  });

  it('a path that is a little longer is left to the slow filter', () => {
    const map = new ClockMap({ clockRateHz });
    for (let ms = 0; ms < 7000; ms += 20) map.observe(ticks(ms), ms + (ms < 5000 ? 20 : 120));
    expect(map.toLocalMs(ticks(7000))! - 7000).toBeLessThan(30);
  });
});
