import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type SfuCascade } from '../../../src/sfu-cascade/index.ts';
import { startTestSfu } from '../../support/mediasoup-worker.ts';
import { produceRealMedia } from '../../support/rtp-source.ts';
import { waitFor } from '../../support/wait-for.ts';

describe('activeSpeaker', () => {
  let sfu: SfuCascade;
  beforeAll(async () => {
    sfu = await startTestSfu();
  });
  afterAll(() => sfu.close('test over'));

  it('follows real Opus with audio levels on two workers: nobody, ann, bob, silence, bob again, bob muted', async () => {
    const heard: (string | null)[] = [];
    sfu.events.on('activeSpeaker', (webinarId, peerId) => void (webinarId === 'w' && heard.push(peerId)));
    const produce = async (
      peerId: string,
      content: 'microphone' | 'screenAudio' = 'microphone',
      isOffFloor = false,
    ) => {
      const { router } = await sfu.routerFor('w', peerId);
      const media = await produceRealMedia({ router, webinarId: 'w', peerId, kind: 'audio', content });
      onTestFinished(media.close);
      media.streams[0]!.audioLevelDb = -127;
      sfu.addProducer({ ...media.source, isOffFloor });
      return { source: media.source, voice: media.streams[0]! };
    };
    // A film on a shared screen is loud all the time and makes nobody the speaker.
    const film = await produce('ann', 'screenAudio');
    film.voice.audioLevelDb = -20;
    const ann = await produce('ann');
    const bob = await produce('bob');
    // Nor does an interpreter become it, who speaks to the viewers of another channel.
    const interpreter = await produce('ivy', 'microphone', true);
    interpreter.voice.audioLevelDb = -20;
    expect(sfu.topology('w').workerOf('ann')).not.toBe(sfu.topology('w').workerOf('bob'));
    // Two loudness reports' worth of silent packets: silence names nobody although mediasoup has a dominant speaker.
    await waitFor('silent packets', () => bob.voice.sentPacketCount > 80);
    expect(heard).toEqual([]);
    expect(sfu.activeSpeaker('w')).toBeNull();
    expect(film.voice.sentPacketCount).toBeGreaterThan(80);
    await waitFor('the interpreter was loud', () => interpreter.voice.sentPacketCount > 80);
    expect(heard).toEqual([]);

    ann.voice.audioLevelDb = -25;
    await waitFor('ann speaks', () => heard.at(-1) === 'ann');
    ann.voice.audioLevelDb = -127;
    bob.voice.audioLevelDb = -25;
    await waitFor('bob speaks', () => heard.at(-1) === 'bob');
    expect(sfu.activeSpeaker('w')).toBe('bob');
    bob.voice.audioLevelDb = -127;
    await waitFor('silence', () => heard.at(-1) === null);
    bob.voice.audioLevelDb = -25;
    await waitFor('bob speaks again', () => heard.at(-1) === 'bob');
    await bob.source.producer.pause();
    // With the mute itself, not when the next loudness report finds silence.
    expect(heard.at(-1)).toBeNull();
    ann.voice.audioLevelDb = -25;
    await waitFor('ann speaks again', () => heard.at(-1) === 'ann');
  });
});
