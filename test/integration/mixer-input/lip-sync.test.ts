import { createSocket, type Socket } from 'node:dgram';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  absoluteSkewMs,
  type FlashBeepMedia,
  type FlashBeepSender,
  makeFlashBeep,
  readSkews,
  type Skew,
  type SentStream,
  sendTo,
  startFlashBeep,
} from '../../support/av-sync/index.ts';
import { opus, startBank, type TestBank, tileSize, vp8 } from './support.ts';

const ssrcs = { video: { ssrc: 1001, payloadType: 96 }, audio: { ssrc: 2001, payloadType: 111 } };

let media: FlashBeepMedia;
let test: TestBank;
let socket: Socket;
let sender: FlashBeepSender | undefined;

beforeAll(async () => {
  media = await makeFlashBeep();
});

beforeEach(async () => {
  test = await startBank();
  socket = createSocket('udp4');
  test.bank.add({ sourceId: 'v', participantId: 'ann', ...vp8(1001) });
  test.bank.requestSize('v', tileSize);
  test.bank.add({ sourceId: 'a', participantId: 'ann', ...opus(2001) });
});

afterEach(async () => {
  sender?.stop();
  socket.close();
  await test.bank.close('test over');
});

function send(paths: { video?: Partial<SentStream>; audio?: Partial<SentStream>; reportPeriodMs?: number }): void {
  sender = startFlashBeep({
    media,
    send: sendTo(socket, test.port),
    video: { ...ssrcs.video, ...paths.video },
    audio: { ...ssrcs.audio, ...paths.audio },
    reportPeriodMs: paths.reportPeriodMs ?? 250,
  });
}

/** Skews of what came between `fromMs` and `untilMs`. */
async function measure(fromMs: number, untilMs: number): Promise<Skew[]> {
  const skews = await readSkews(test.bank, { participantId: 'ann', fromMs, untilMs });
  console.log(`picture after sound by ${skews.map(({ skewMs }) => skewMs.toFixed(0)).join(', ')} ms`);
  expect(skews.length).toBeGreaterThanOrEqual((untilMs - fromMs) / 1000 - 2);
  return skews;
}

/** ITU-R BT.1359 with room; by the median, because a loaded machine shows single flashes a frame late. */
function expectLipSync(skews: readonly Skew[], limitMs = 40): void {
  expect(absoluteSkewMs(skews, 0.5)).toBeLessThanOrEqual(limitMs);
}

describe('createSourceBank with a camera and a microphone of one panelist', () => {
  it('without Sender Reports, flash and beep that travel alike come out together', async () => {
    send({ reportPeriodMs: Infinity });
    // Sound travels in packets of 20 ms and is 6.5 ms behind in them: that is not seen from arrivals.
    expectLipSync(await measure(2000, 8000), 27 + 17 + 6);
    expect(test.bank.stats().map(({ isCaptureTimed }) => isCaptureTimed)).toEqual([false, false]);
  });

  it('video that travels 200 ms longer comes out with its sound, by the Sender Reports', async () => {
    send({ video: { delayMs: () => 200 } });
    expectLipSync(await measure(7000, 14_000));
    const stats = test.bank.stats();
    expect(stats.map(({ isCaptureTimed }) => isCaptureTimed)).toEqual([true, true]);
    expect(stats.map(({ lostPacketCount }) => lostPacketCount)).toEqual([0, 0]);
  });

  it('video with 60 ms of jitter that begins five seconds after the sound comes out with it', async () => {
    send({ video: { startMs: 5000, delayMs: (ms) => 100 + ((ms * 7919) % 60) }, audio: { delayMs: () => 15 } });
    expectLipSync(await measure(9000, 15_000));
  });
});
