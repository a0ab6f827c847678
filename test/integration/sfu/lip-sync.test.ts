import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { createSourceBank, type InputBank } from '../../../src/mixer/input/index.ts';
import { type ProgramFeed, type SfuCascade } from '../../../src/sfu-cascade/index.ts';
import { joinSfu, makeFlashBeep, readSkews, type SfuPanelist } from '../../support/av-sync/index.ts';
import { expectLipSync } from '../../support/av-sync/expect-lip-sync.ts';
import { startTestSfu } from '../../support/mediasoup-worker.ts';
import { waitFor } from '../../support/wait-for.ts';

const webinarId = 'w1';

let sfu: SfuCascade;
let bank: InputBank;
let panelist: SfuPanelist | undefined;

beforeEach(async () => {
  bank = createSourceBank({
    clock: systemClock,
    logger: silentLogger,
    rtpListenIp: '127.0.0.1',
    ffmpegPath: 'ffmpeg',
    playoutDelayMs: 350,
    frameRate: 30,
    requestKeyframe: () => undefined,
  });
});

afterEach(async () => {
  panelist?.close();
  panelist = undefined;
  await bank.close('test over');
  await sfu.close('test over');
});

/** What the SFU sends reaches the bank, as in a live event. */
async function attachProgram(): Promise<void> {
  const feeds: ProgramFeed[] = [];
  const program = await sfu.attachProgram({
    webinarId,
    receiver: { ip: '127.0.0.1', port: await bank.listen() },
    listener: { feedAdded: (feed) => void feeds.push(feed), feedRemoved: () => undefined },
  });
  await waitFor('both feeds', () => feeds.length === 2);
  for (const { consumerId, peerId, kind, ssrc, payloadType, clockRateHz } of feeds) {
    const common = { sourceId: consumerId, participantId: peerId, ssrc, payloadType, clockRateHz };
    if (kind === 'audio') bank.add({ ...common, kind, codec: 'opus', content: 'microphone' });
    else bank.add({ ...common, kind, codec: 'VP8', content: 'camera' });
    bank.requestSize(consumerId, { width: 320, height: 180 });
    await program.resumeFeed(consumerId);
  }
}

describe('lip sync through the SFU, video travelling 150 ms longer than sound', () => {
  it.each([
    ['the home worker', 1],
    ['another worker, over a pipe', 2],
  ])('of a panelist on %s is within 40 ms, by the Sender Reports of the SFU', async (_, workerCount) => {
    sfu = await startTestSfu({ config: { workerCount } });
    const media = await makeFlashBeep();
    const path = { video: { delayMs: () => 160 }, audio: { delayMs: () => 10 } };
    panelist = await joinSfu({ sfu, webinarId, peerId: 'ann', media, reportPeriodMs: 500, reportDelayMs: 10, ...path });
    await attachProgram();
    expect(sfu.topology(webinarId).pipeCount).toBe(workerCount === 1 ? 0 : 2);
    expectLipSync(await readSkews(bank, { participantId: 'ann', fromMs: 15_000, eventCount: 10 }));
    const stats = bank.stats();
    expect(stats.map(({ isCaptureTimed }) => isCaptureTimed)).toEqual([true, true]);
    expect(stats.map(({ lostPacketCount }) => lostPacketCount)).toEqual([0, 0]);
  });
});
