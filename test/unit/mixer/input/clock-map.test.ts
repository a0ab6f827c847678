import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClockMap } from '../../../../src/mixer/input/clock-map.ts';
import { ParticipantTiming } from '../../../../src/mixer/input/participant-timing.ts';
import { SenderClock } from '../../../../src/mixer/input/sender-clock.ts';

const clockRateHz = 90_000;
const ticks = (ms: number): number => ms * 90;
/** The worker's NTP at local time 0. */
const ntpZeroMs = 3_900_000_000_000;

interface StreamOptions {
  readonly kind: 'audio' | 'video';
  readonly timing: ParticipantTiming;
  readonly senderClock?: SenderClock;
  /** From capture to arrival, at this capture time. */
  readonly delayMs: (ms: number) => number;
  readonly ppm?: number;
  readonly startMs?: number;
  /** What is added to the NTP of the report at this time; undefined: no report. */
  readonly reportErrorMs?: (ms: number) => number | undefined;
}

/** One stream whose every packet and report is known: `errorMs` tells where the map puts a capture instant, off the truth. */
function stream(options: StreamOptions) {
  const { kind, timing, delayMs, ppm = 0, startMs = 0 } = options;
  const senderClock = options.senderClock ?? new SenderClock();
  const map = new ClockMap({ clockRateHz, kind, timing });
  // Media time at capture time, in ticks of a crystal that is off.
  const ticksAt = (captureMs: number): number => ticks(1e6 + captureMs * (1 + ppm / 1e6));
  return {
    map,
    errorMs: (captureMs: number): number => map.toLocalMs(ticksAt(captureMs))! - captureMs,
    /** What happens at one capture instant: a packet every 20 ms, a report every second. */
    step(captureMs: number): void {
      if (captureMs < startMs) return;
      map.observe(ticksAt(captureMs), captureMs + delayMs(captureMs));
      if (captureMs % 1000 !== 0) return;
      const errorMs = options.reportErrorMs === undefined ? 0 : options.reportErrorMs(captureMs);
      if (errorMs === undefined) return;
      const ntpMs = senderClock.observe(ntpZeroMs + captureMs, captureMs);
      map.report(ticksAt(captureMs), ntpMs + errorMs, senderClock);
    },
  };
}

function runAll(
  streams: readonly ReturnType<typeof stream>[],
  fromMs: number,
  toMs: number,
  check?: (ms: number) => void,
) {
  for (let ms = fromMs; ms < toMs; ms += 20) {
    for (const one of streams) one.step(ms);
    check?.(ms);
  }
}

const noise = (ms: number, spreadMs: number): number => (((ms / 20) * 7919) % 97) * (spreadMs / 97);

describe('ClockMap by arrivals', () => {
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

describe('ClockMap by Sender Reports', () => {
  it('video that travels 200 ms longer than sound is in lip sync after ten seconds, and for an hour of +-200 ppm', () => {
    for (const ppm of [200, -200]) {
      const timing = new ParticipantTiming(350);
      const sound = stream({ kind: 'audio', timing, ppm: -ppm, delayMs: (ms) => 20 + noise(ms, 15) });
      const picture = stream({ kind: 'video', timing, ppm, delayMs: (ms) => 220 + noise(ms + 40, 30) });
      runAll([sound, picture], 0, 10_000);
      let worstSkewMs = 0;
      let worstErrorMs = 0;
      runAll([sound, picture], 10_000, 3_600_000, (ms) => {
        worstSkewMs = Math.max(worstSkewMs, Math.abs(sound.errorMs(ms) - picture.errorMs(ms)));
        if (ms > 60_000) worstErrorMs = Math.max(worstErrorMs, Math.abs(sound.errorMs(ms)));
      });
      expect(worstSkewMs).toBeLessThan(2);
      // 220 ms are 20 more than leave the reserve of 150 of 350: both are played that much later.
      expect(worstErrorMs).toBeLessThan(30);
    }
  });

  it('reports one ms off at random give lip sync within two ms', () => {
    const timing = new ParticipantTiming(350);
    const sound = stream({ kind: 'audio', timing, delayMs: () => 30, reportErrorMs: (ms) => noise(ms, 2) - 1 });
    const picture = stream({ kind: 'video', timing, delayMs: () => 80, reportErrorMs: (ms) => noise(ms + 777, 2) - 1 });
    const skewsMs: number[] = [];
    runAll(
      [sound, picture],
      0,
      120_000,
      (ms) => ms > 15_000 && skewsMs.push(Math.abs(sound.errorMs(ms) - picture.errorMs(ms))),
    );
    expect(Math.max(...skewsMs)).toBeLessThan(2);
  });

  it('sound never moves by more than 5 ms per second, whatever the reports turn out to say', () => {
    const timing = new ParticipantTiming(350);
    // First arrival times, as mediasoup reports until it knows the sender's clock; then capture times.
    const sound = stream({ kind: 'audio', timing, delayMs: () => 120, reportErrorMs: (ms) => (ms < 3000 ? 120 : 0) });
    const picture = stream({ kind: 'video', timing, delayMs: () => 160, reportErrorMs: (ms) => (ms < 5000 ? 160 : 0) });
    let last = 120;
    let worstMs = 0;
    runAll([sound, picture], 0, 60_000, (ms) => {
      worstMs = Math.max(worstMs, Math.abs(sound.errorMs(ms) - last));
      last = sound.errorMs(ms);
      if (ms > 15_000) expect(Math.abs(sound.errorMs(ms) - picture.errorMs(ms))).toBeLessThan(2);
    });
    expect(worstMs).toBeLessThanOrEqual(0.101);
    expect(Math.abs(last)).toBeLessThan(1);
  });

  it.each([
    ['sound', 10_000, 0],
    ['video', 0, 10_000],
  ])('%s that begins ten seconds later is in lip sync ten seconds after that', (_, soundStartMs, pictureStartMs) => {
    const timing = new ParticipantTiming(350);
    const sound = stream({ kind: 'audio', timing, startMs: soundStartMs, delayMs: (ms) => 90 + noise(ms, 9) });
    const picture = stream({ kind: 'video', timing, startMs: pictureStartMs, delayMs: (ms) => 150 + noise(ms, 9) });
    runAll([sound, picture], 0, 20_000);
    runAll([sound, picture], 20_000, 40_000, (ms) => {
      expect(Math.abs(sound.errorMs(ms) - picture.errorMs(ms))).toBeLessThan(2);
    });
  });

  it('a camera that comes back with another SSRC is in lip sync before its first report', () => {
    const timing = new ParticipantTiming(350);
    const sound = stream({ kind: 'audio', timing, delayMs: () => 40 });
    const camera = stream({ kind: 'video', timing, delayMs: () => 140 });
    runAll([sound, camera], 0, 30_000);
    camera.map.close();
    const next = stream({ kind: 'video', timing, startMs: 30_000, delayMs: () => 140, ppm: 100 });
    runAll([sound, next], 30_000, 50_000, (ms) => {
      expect(Math.abs(sound.errorMs(ms) - next.errorMs(ms))).toBeLessThan(3);
    });
  });

  it('a step of the RTP time against capture, as a change of simulcast layer makes, is corrected within five seconds', () => {
    const timing = new ParticipantTiming(350);
    const sound = stream({ kind: 'audio', timing, delayMs: () => 40 });
    const map = new ClockMap({ clockRateHz, kind: 'video', timing });
    const senderClock = new SenderClock();
    const ticksAt = (ms: number): number => ticks(ms + (ms < 30_000 ? 0 : 66));
    for (let ms = 0; ms < 60_000; ms += 20) {
      sound.step(ms);
      map.observe(ticksAt(ms), ms + 60);
      if (ms % 1000 === 0) map.report(ticksAt(ms), senderClock.observe(ntpZeroMs + ms, ms), senderClock);
      const skewMs = map.toLocalMs(ticksAt(ms))! - ms - sound.errorMs(ms);
      if (ms > 10_000) expect(Math.abs(skewMs)).toBeLessThan(67);
      if (ms > 35_000) expect(Math.abs(skewMs)).toBeLessThan(2);
    }
  });

  it('reports that miss for a minute leave the map where it was; one that lies alone is ignored', () => {
    const timing = new ParticipantTiming(350);
    const reportErrorMs = (ms: number) => (ms > 60_000 && ms < 120_000 ? undefined : ms === 140_000 ? 80 : 0);
    const sound = stream({ kind: 'audio', timing, ppm: 100, delayMs: () => 40, reportErrorMs });
    runAll([sound], 0, 20_000);
    runAll([sound], 20_000, 180_000, (ms) => expect(Math.abs(sound.errorMs(ms))).toBeLessThan(5));
  });

  it('reports that put capture seconds away from arrival are not believed', () => {
    for (const errorMs of [5000, -5000]) {
      const timing = new ParticipantTiming(350);
      const picture = stream({ kind: 'video', timing, delayMs: () => 40, reportErrorMs: () => errorMs });
      runAll([picture], 0, 30_000, (ms) => expect(picture.errorMs(ms)).toBeCloseTo(40, 0));
      expect(picture.map.isReported).toBe(false);
    }
  });

  it('a step of the NTP clock never moves a stream by more than what playout bears, and is forgotten within a minute', () => {
    for (const stepMs of [700, -700, 40, -40, 1e7, -1e7]) {
      const timing = new ParticipantTiming(350);
      const senderClock = new SenderClock();
      const map = new ClockMap({ clockRateHz, kind: 'audio', timing });
      let worstMs = 0;
      for (let ms = 0; ms < 300_000; ms += 20) {
        map.observe(ticks(ms), ms + 40);
        if (ms % 1000 === 0) {
          const ntpMs = senderClock.observe(ntpZeroMs + ms + (ms < 60_000 ? 0 : stepMs), ms);
          map.report(ticks(ms), ntpMs, senderClock);
        }
        const errorMs = map.toLocalMs(ticks(ms))! - ms;
        if (ms > 20_000) worstMs = Math.max(worstMs, Math.abs(errorMs));
        if (ms > 290_000) expect(Math.abs(errorMs)).toBeLessThan(2);
      }
      expect(worstMs).toBeLessThan(60);
    }
  });

  it('two workers with other clock origins put their streams on the same local time', () => {
    const timing = new ParticipantTiming(350);
    const [here, there] = [new SenderClock(), new SenderClock()];
    there.observe(ntpZeroMs - 7_000_000, 0);
    const sound = stream({ kind: 'audio', timing, senderClock: here, delayMs: () => 40 });
    const picture = stream({
      ...{ kind: 'video', timing, senderClock: there, delayMs: () => 90 },
    });
    runAll([sound, picture], 0, 30_000);
    expect(Math.abs(sound.errorMs(30_000) - picture.errorMs(30_000))).toBeLessThan(1);
  });

  it('a participant whose path is too long is played later as a whole, at once, and comes back slowly', () => {
    const timing = new ParticipantTiming(350);
    const extraMs = (ms: number) => (ms > 30_000 && ms < 60_000 ? 500 : 0);
    const sound = stream({ kind: 'audio', timing, delayMs: (ms) => 30 + extraMs(ms) });
    const picture = stream({ kind: 'video', timing, delayMs: (ms) => 60 + extraMs(ms) });
    let last = 0;
    runAll([sound, picture], 0, 200_000, (ms) => {
      if (ms > 10_000) expect(Math.abs(sound.errorMs(ms) - picture.errorMs(ms))).toBeLessThan(2);
      // The path of the sound, noticed first, sets it at once; the rest of the picture's follows slowly.
      if (ms > 33_000 && ms < 60_000) expect(sound.errorMs(ms) + 350 - 560).toBeGreaterThanOrEqual(115);
      if (ms > 61_000) expect(last - sound.errorMs(ms)).toBeLessThanOrEqual(0.09);
      last = sound.errorMs(ms);
    });
    expect(Math.abs(last)).toBeLessThan(1);
  });

  it('never runs backwards, whatever delays, losses and reports come', () => {
    const event = fc.record({
      delayMs: fc.integer({ min: 0, max: 800 }),
      isReport: fc.boolean(),
      errorMs: fc.integer({ min: -300, max: 300 }),
      skippedMs: fc.constantFrom(0, 0, 0, 20, 400),
    });
    fc.assert(
      fc.property(
        fc.array(event, { minLength: 20, maxLength: 300 }),
        fc.constantFrom('audio', 'video'),
        (events, kind) => {
          const map = new ClockMap({ clockRateHz, kind, timing: new ParticipantTiming(350) });
          const senderClock = new SenderClock();
          let captureMs = 0;
          let arrivalMs = 0;
          let isReported = false;
          let last = -Infinity;
          for (const { delayMs, isReport, errorMs, skippedMs } of events) {
            captureMs += 20 + skippedMs;
            arrivalMs = Math.max(arrivalMs, captureMs + delayMs);
            map.observe(ticks(captureMs), arrivalMs);
            const localMs = map.toLocalMs(ticks(captureMs))!;
            // Arrivals alone may: they follow the fastest packet at once.
            if (isReported && map.isReported) expect(localMs).toBeGreaterThan(last);
            last = localMs;
            isReported = map.isReported;
            if (isReport)
              map.report(
                ticks(captureMs),
                senderClock.observe(ntpZeroMs + captureMs + errorMs, captureMs),
                senderClock,
              );
          }
        },
      ),
    );
  });
});
