import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../src/core/clock.ts';
import { silentLogger } from '../../../../src/core/logger.ts';
import { AudioInput } from '../../../../src/mixer/input/audio-input.ts';
import { ParticipantTiming } from '../../../../src/mixer/input/participant-timing.ts';
import { SenderClock } from '../../../../src/mixer/input/sender-clock.ts';

/** 20 ms of 1 kHz, stereo: whole periods, so that repeating it goes on sounding. At 0.25 after the decoder's first 200 ms. */
const tonePacket = Buffer.from(
  '/JxLRDimoWDjpH0+fPSv9VDoPAtNxKcC9x1x1x1x2Q4YMmpazhbdeKAqhvyMVvO5W9lR+ceGzfbtU46BSiDwlo9z77NTAWVoiRqimiFDuzu366auyxizR8lUi5ywCDV6N9Q+Z9qIZTjY+kZpDO6vM4E4i82oHXbbuhPdY6FQtqKFnyCoGFPe2tSAR0JNesSd+AP8xVADB3k/5m7qjOqS0Q==',
  'base64',
);
const ssrc = 7;
const playoutDelayMs = 350;
const packetMs = 20;
const frameSampleCount = 480;

interface Packet {
  /** When it is captured, by true time; its position in RTP time unless `timestampMs` says otherwise. */
  readonly captureMs: number;
  readonly arrivalMs: number;
  readonly timestampMs?: number;
}

let clock: FakeClock;
let input: AudioInput;

beforeEach(async () => {
  clock = new FakeClock();
  clock.advance(10_000);
  input = new AudioInput({
    clock,
    logger: silentLogger,
    source: {
      ...{ sourceId: 's', participantId: 'ann', kind: 'audio', codec: 'opus', content: 'microphone' },
      ...{ ssrc, payloadType: 111, clockRateHz: 48_000 },
    },
    playoutDelayMs,
    frameRate: 30,
    timing: new ParticipantTiming(playoutDelayMs),
  });
  await input.decoderSettled;
});

/** Packets of 20 ms from `fromMs` to `untilMs`, 30 ms on their way. */
const steady = (fromMs: number, untilMs: number, delayMs = 30): Packet[] =>
  Array.from({ length: (untilMs - fromMs) / packetMs }, (_, n) => {
    const captureMs = fromMs + n * packetMs;
    return { captureMs, arrivalMs: captureMs + delayMs };
  });

/**
 * Plays them in arrival order, time by time, and reads all of it, 10 ms for 10 ms.
 * @returns the loudness of each, 0..1; the index is its capture time in tens of ms.
 */
function play(packets: readonly Packet[], untilMs: number, options: { ppm?: number; firstTimestamp?: number } = {}) {
  const { ppm = 0, firstTimestamp = 1000 } = options;
  const zeroMs = clock.nowMs();
  const senderClock = new SenderClock();
  const arriving = packets
    .map((packet, index) => ({ ...packet, sequenceNumber: (65_500 + index) & 0xffff }))
    .sort((a, b) => a.arrivalMs - b.arrivalMs);
  const ticksAt = (ms: number): number => (firstTimestamp + Math.round(ms * 48 * (1 + ppm / 1e6))) % 2 ** 32;
  const levels: number[] = [];
  for (let ms = 0; ms < untilMs; ms += 5, clock.advance(5)) {
    for (; arriving.length > 0 && arriving[0]!.arrivalMs <= ms; arriving.shift()) {
      const { captureMs, timestampMs = captureMs, sequenceNumber } = arriving[0]!;
      const timestamp = ticksAt(timestampMs);
      input.receive(
        { payloadType: 111, hasMarker: false, sequenceNumber, timestamp, ssrc, payload: tonePacket },
        clock.nowMs(),
      );
      if (captureMs % 1000 !== 0) continue;
      const report = { ssrc, ntpMs: 0, rtpTimestamp: timestamp, packetCount: 1, octetCount: 1 };
      input.report(report, senderClock.observe(3_900_000_000_000 + captureMs, zeroMs + captureMs), senderClock);
    }
    input.pump(clock.nowMs());
    if (ms % 10 !== 0 || ms < playoutDelayMs) continue;
    const target = new Float32Array(2 * frameSampleCount);
    input.mixInto(target, (zeroMs + ms) * 48, frameSampleCount);
    levels.push(Math.sqrt(target.reduce((sum, value) => sum + value ** 2, 0) / target.length));
  }
  return levels;
}

const isLoud = (level: number): boolean => level > 0.2;
const isSilent = (level: number): boolean => level === 0;

describe('AudioInput', () => {
  it('sound is heard at its capture time plus the delay once reports have come, and without a hole', () => {
    const levels = play(steady(0, 60_000), 60_000);
    expect(levels.slice(20).findIndex((level) => !isLoud(level))).toBe(-1);
    expect(input.stats()).toMatchObject({ lostPacketCount: 0, latePacketCount: 0, isCaptureTimed: true });
    // The last packet ends at its capture time and not at its arrival: 30 ms earlier.
    const quiet = play([], 1000);
    expect(quiet.findIndex(isSilent)).toBeLessThanOrEqual(7);
  });

  it.each([500, -500])('a clock %i ppm off for a minute makes no hole and loses nothing', (ppm) => {
    const levels = play(steady(0, 60_000), 60_000, { ppm });
    expect(levels.slice(20).findIndex((level) => !isLoud(level))).toBe(-1);
    expect(input.stats()).toMatchObject({ lostPacketCount: 0, latePacketCount: 0 });
  });

  it('sequence numbers and timestamps that wrap go on', () => {
    const levels = play(steady(0, 10_000), 10_000, { firstTimestamp: 2 ** 32 - 3 * 48_000 });
    expect(levels.slice(20).findIndex((level) => !isLoud(level))).toBe(-1);
  });

  it('a pause of the sender (DTX) is silence after 60 ms, and what follows begins at its own time', () => {
    const levels = play([...steady(0, 10_000), ...steady(10_400, 20_000)], 20_000);
    expect(levels.slice(1008, 1038).every(isSilent)).toBe(true);
    expect(levels.slice(1043, 1900).every(isLoud)).toBe(true);
    expect(levels.slice(990, 998).every(isLoud)).toBe(true);
  });

  it('a pause that RTP time does not show moves what follows to its time, not into the past', () => {
    const before = steady(0, 10_000);
    const after = steady(14_000, 30_000).map((packet) => ({ ...packet, timestampMs: packet.captureMs - 4000 }));
    const levels = play([...before, ...after], 30_000);
    expect(levels.slice(1010, 1395).every(isSilent)).toBe(true);
    expect(levels.slice(1500, 2900).every(isLoud)).toBe(true);
  });

  it('a packet that comes after its time is counted, not heard, and moves nothing', () => {
    const packets = steady(0, 20_000).map((packet) =>
      packet.captureMs >= 12_000 && packet.captureMs < 12_200
        ? { ...packet, arrivalMs: packet.captureMs + 700 }
        : packet,
    );
    const levels = play(packets, 20_000);
    expect(levels.slice(1208, 1219).every(isSilent)).toBe(true);
    expect(levels.slice(1223, 1900).every(isLoud)).toBe(true);
    expect(input.stats().latePacketCount).toBe(10);
  });
});
