import { createSocket } from 'node:dgram';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock, type Timer } from '../../../src/core/clock.ts';
import { parseRtpPacket } from '../../../src/media/rtp/index.ts';
import {
  colourOf,
  opus,
  rtpOutput,
  run,
  startBank,
  startRelay,
  type TestBank,
  tileSize,
  until,
  vp8,
} from './support.ts';

const durationSec = 8;
const flash = `color=black:s=320x180:r=30:d=${durationSec},drawbox=color=white:t=fill:enable='lt(mod(t,1),0.2)'`;
const beep = `aevalsrc='if(lt(mod(t,1),0.2),0.5*sin(2*PI*1000*t),0)':s=48000:d=${durationSec}`;

interface TimedPacket {
  readonly bytes: Buffer;
  /** From the stream's beginning. */
  readonly captureMs: number;
}

/** All packets of one stream, made ahead so that the encoder's speed is no part of the test. */
async function record(stream: ReturnType<typeof vp8> | ReturnType<typeof opus>, args: readonly string[]) {
  const relay = await startRelay(9);
  const packets: TimedPacket[] = [];
  let first: number | undefined;
  relay.fault = (bytes) => {
    const { timestamp } = parseRtpPacket(bytes)!;
    first ??= timestamp;
    packets.push({ bytes, captureMs: (((timestamp - first) >>> 0) / stream.clockRateHz) * 1000 });
    return [];
  };
  // Ten times real time: faster than the test, slow enough for the socket.
  await run('ffmpeg', ['-v', 'error', '-readrate', '10', ...args, ...rtpOutput(relay.port, stream)]);
  relay.close();
  return packets;
}

let test: TestBank;
let timer: Timer | undefined;

beforeEach(async () => {
  test = await startBank();
});

afterEach(async () => {
  timer?.cancel();
  await test.bank.close('test over');
});

describe('createSourceBank with a camera and a microphone of one clock', () => {
  it('a flash and the beep of the same instant come out within one and a half program frames', async () => {
    const video = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-g', '30', '-b:v', '300k'];
    const packets = [
      ...(await record(vp8(1001), ['-f', 'lavfi', '-i', flash, ...video, '-pix_fmt', 'yuv420p'])),
      ...(await record(opus(2001), ['-f', 'lavfi', '-i', beep, '-ac', '2', '-c:a', 'libopus'])),
    ].sort((a, b) => a.captureMs - b.captureMs);
    test.bank.add({ sourceId: 'v', participantId: 'ann', ...vp8(1001) });
    test.bank.requestSize('v', tileSize);
    test.bank.add({ sourceId: 'a', participantId: 'ann', ...opus(2001) });
    const socket = createSocket('udp4');
    const startMs = systemClock.nowMs();
    test.bank.startTimeline(startMs);
    timer = systemClock.repeat(5, () => {
      for (; packets.length > 0 && packets[0]!.captureMs <= systemClock.nowMs() - startMs; packets.shift()) {
        socket.send(packets[0]!.bytes, test.port, '127.0.0.1');
      }
    });
    const flashMs: number[] = [];
    const beepMs: number[] = [];
    let wasBright = true;
    let lastLoudMs = -Infinity;
    let tick = 0;
    await until('the end of the clip', () => {
      for (; systemClock.nowMs() >= startMs + (tick * 1000) / 30; tick++) {
        const atMs = (tick * 1000) / 30;
        const picture = test.bank.videoOf('ann')?.latest();
        const isBright = picture === undefined || colourOf(picture)[0] > 128;
        if (isBright && !wasBright) flashMs.push(atMs);
        wasBright = isBright;
        const samples = new Float32Array(3200);
        test.bank.mixAudioOf('ann', 'microphone', samples, tick * 1600, 1600);
        for (let sample = 0; sample < 1600; sample++) {
          if (Math.abs(samples[2 * sample]!) < 0.1) continue;
          const soundMs = atMs + sample / 48;
          if (soundMs - lastLoudMs > 300) beepMs.push(soundMs);
          lastLoudMs = soundMs;
        }
      }
      return tick > (durationSec + 1) * 30;
    });
    socket.close();
    const skewsMs = flashMs
      .map((atMs) => atMs - beepMs.reduce((best, one) => (Math.abs(one - atMs) < Math.abs(best - atMs) ? one : best)))
      .sort((a, b) => a - b);
    console.log(`picture after sound by ${skewsMs.map((skewMs) => skewMs.toFixed(0)).join(', ')} ms`);
    expect(flashMs.length).toBeGreaterThanOrEqual(durationSec - 2);
    // The median: a loaded machine may show one flash a frame late, not most of them.
    expect(Math.abs(skewsMs[skewsMs.length >> 1]!)).toBeLessThan(50);
  });
});
