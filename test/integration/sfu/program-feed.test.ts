import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type ProgramFeed, type SfuCascade } from '../../../src/sfu-cascade/index.ts';
import { sfuLimits } from '../../../src/sfu-cascade/limits.ts';
import { startTestSfu } from '../../support/mediasoup-worker.ts';
import { openRtpSink } from '../../support/rtp-sink.ts';
import { produceRealMedia } from '../../support/rtp-source.ts';
import { waitFor } from '../../support/wait-for.ts';

/** For what crosses workers on a machine that does other things too. */
const deadlineMs = 30_000;

/** Records what the program's owner hears. */
function recorder() {
  const feeds: ProgramFeed[] = [];
  const events: string[] = [];
  return {
    feeds,
    events,
    listener: {
      feedAdded: (feed: ProgramFeed) => void feeds.push(feed),
      feedRemoved: (id: string) => void events.push(`removed ${id}`),
    },
  };
}

describe('program feed', () => {
  let sfu: SfuCascade;
  beforeAll(async () => {
    sfu = await startTestSfu();
  });
  afterAll(() => sfu.close('test over'));

  async function openSink() {
    const sink = await openRtpSink();
    onTestFinished(() => void sink.close());
    return sink;
  }

  async function produce(webinarId: string, peerId: string, kind: 'audio' | 'video', layers?: readonly string[]) {
    const { router } = await sfu.routerFor(webinarId, peerId);
    const media = await produceRealMedia({ router, webinarId, peerId, kind, ...(layers && { layers }) });
    onTestFinished(media.close);
    sfu.addProducer(media.source);
    return media;
  }

  it('resumeFeed lets RTP of two panelists on two workers reach one socket, by the SSRCs told, keyframe first', async () => {
    const sink = await openSink();
    const heard = recorder();
    const before = await produce('w1', 'ann', 'video');
    const program = await sfu.attachProgram({
      webinarId: 'w1',
      receiver: { ip: '127.0.0.1', port: sink.port },
      listener: heard.listener,
    });
    expect(heard.feeds.map((feed) => [feed.peerId, feed.source, feed.mimeType])).toEqual([
      ['ann', 'camera', 'video/VP8'],
    ]);
    const after = await produce('w1', 'bob', 'audio');
    after.streams[0]!.audioLevelDb = -30;
    await waitFor('the later feed', () => heard.feeds.length === 2);
    const topology = sfu.topology('w1');
    expect(topology.workerOf('ann')).not.toBe(topology.workerOf('bob'));
    await waitFor('packets sent', () => after.streams[0]!.sentPacketCount > 20);
    expect(sink.streams.size).toBe(0);

    for (const feed of heard.feeds) await program.resumeFeed(feed.consumerId);
    for (const feed of heard.feeds) {
      const stream = await waitFor('packets', () => sink.streams.get(feed.ssrc));
      await waitFor('enough packets', () => stream.packetCount >= 10);
      expect([...stream.payloadTypes]).toEqual([feed.payloadType]);
      if (feed.kind === 'video') expect(stream.beganWithKeyframe).toBe(true);
    }
    expect(sink.streams.size).toBe(2);
    expect(before.streams[0]!.pliCount).toBeGreaterThan(0);

    const video = heard.feeds[0]!;
    await before.close();
    await waitFor('removal', () => heard.events.includes(`removed ${video.consumerId}`));
    await expect(program.resumeFeed(video.consumerId)).rejects.toMatchObject({ code: 'SFU_NOT_FOUND' });
    program.detach();
    expect(heard.events).not.toContain(`removed ${heard.feeds[1]!.consumerId}`);
  });

  it('attachProgram with another port replaces the former: everything is added anew and arrives there', async () => {
    const [oldSink, newSink] = [await openSink(), await openSink()];
    const media = await produce('w2', 'ann', 'audio');
    media.streams[0]!.audioLevelDb = -30;
    const first = recorder();
    const former = await sfu.attachProgram({
      webinarId: 'w2',
      receiver: { ip: '127.0.0.1', port: oldSink.port },
      listener: first.listener,
    });
    await former.resumeFeed(first.feeds[0]!.consumerId);
    await waitFor('old packets', () => oldSink.streams.size === 1);
    const second = recorder();
    const program = await sfu.attachProgram({
      webinarId: 'w2',
      receiver: { ip: '127.0.0.1', port: newSink.port },
      listener: second.listener,
    });
    await program.resumeFeed(second.feeds[0]!.consumerId);
    await waitFor('new packets', () => newSink.streams.has(second.feeds[0]!.ssrc));
    former.detach();
    const countAtDetach = newSink.streams.get(second.feeds[0]!.ssrc)!.packetCount;
    await waitFor('still flowing', () => newSink.streams.get(second.feeds[0]!.ssrc)!.packetCount > countAtDetach + 5);
    program.detach();
  });

  it('setFeedTileHeight switches a simulcast camera between its smallest and its largest picture', async () => {
    const sink = await openSink();
    const heard = recorder();
    await produce('w3', 'ann', 'video', ['96x64', '192x128']);
    const program = await sfu.attachProgram({
      webinarId: 'w3',
      receiver: { ip: '127.0.0.1', port: sink.port },
      listener: heard.listener,
    });
    const { consumerId, ssrc } = heard.feeds[0]!;
    await program.setFeedTileHeight(consumerId, 180);
    await program.resumeFeed(consumerId);
    await waitFor('small picture', () => sink.streams.get(ssrc)?.keyframeWidths.at(-1) === 96, { deadlineMs });
    await program.setFeedTileHeight(consumerId, 540);
    await waitFor('large picture', () => sink.streams.get(ssrc)?.keyframeWidths.at(-1) === 192, { deadlineMs });
    await program.setFeedTileHeight(consumerId, 180);
    await waitFor('small picture again', () => sink.streams.get(ssrc)?.keyframeWidths.at(-1) === 96, { deadlineMs });
    expect(sink.streams.size).toBe(1);
    program.detach();
  });

  it('of more cameras than are kept in full, the program wants the small picture of all but who speaks', async () => {
    const sink = await openSink();
    const heard = recorder();
    const wanted = new Map<string, number | null>();
    sfu.events.on('layersWanted', ({ webinarId, peerId }, _producerId, layer) => {
      if (webinarId === 'w5') wanted.set(peerId, layer);
    });
    const peerIds = Array.from({ length: sfuLimits.maxPicturesInFull + 1 }, (_, index) => `peer${index}`);
    for (const peerId of peerIds) await produce('w5', peerId, 'video', ['96x64', '192x128']);
    const voice = (await produce('w5', 'peer0', 'audio')).streams[0]!;
    voice.audioLevelDb = -127;
    const program = await sfu.attachProgram({
      webinarId: 'w5',
      receiver: { ip: '127.0.0.1', port: sink.port },
      listener: heard.listener,
    });
    const cameras = heard.feeds.filter(({ kind }) => kind === 'video');
    await Promise.all(cameras.map(({ consumerId }) => program.setFeedTileHeight(consumerId, 180)));
    await waitFor('small ones', () => peerIds.every((peerId) => wanted.get(peerId) === 0), { deadlineMs });
    voice.audioLevelDb = -20;
    await waitFor('the large one of who speaks', () => wanted.get('peer0') === 1, { deadlineMs });
    expect(peerIds.slice(1).map((peerId) => wanted.get(peerId))).toEqual(peerIds.slice(1).map(() => 0));
    program.detach();
  });

  it('requestKeyframe reaches the panelist as PLI, a second one at once does not', async () => {
    const sink = await openSink();
    const heard = recorder();
    const media = await produce('w4', 'ann', 'video');
    const program = await sfu.attachProgram({
      webinarId: 'w4',
      receiver: { ip: '127.0.0.1', port: sink.port },
      listener: heard.listener,
    });
    const { consumerId } = heard.feeds[0]!;
    await waitFor('packets sent', () => media.streams[0]!.sentPacketCount > 0);
    await program.resumeFeed(consumerId);
    const [stream] = media.streams;
    await waitFor('first PLI', () => stream!.pliCount >= 1, { deadlineMs });
    // More than a second of video, in which a request that was only held back would have come through as well.
    const packetsLater = (count: number) => {
      const from = stream!.sentPacketCount;
      return waitFor(`${count} packets`, () => stream!.sentPacketCount >= from + count, { deadlineMs });
    };
    const pliCounts: number[] = [];
    // A request of the SFU's own may fall into one of the attempts.
    for (let attempt = 0; attempt < 4 && pliCounts.at(-1) !== 1; attempt++) {
      await packetsLater(45);
      const before = stream!.pliCount;
      await program.requestKeyframe(consumerId);
      await program.requestKeyframe(consumerId);
      await waitFor('PLI', () => stream!.pliCount > before, { deadlineMs });
      await packetsLater(45);
      pliCounts.push(stream!.pliCount - before);
    }
    expect(pliCounts.at(-1)).toBe(1);
    program.detach();
  });
});
