import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readIvfFrames } from '../../../bench/lib/media-containers.ts';
import { packVp8Frame, writeRtpHeader } from '../../../bench/lib/rtp-packets.ts';
import { keyframeRequestLimits } from '../../../src/mixer/input/keyframe-requester.ts';
import { runFfmpeg } from '../../support/decode-media.ts';
import { isAlive } from '../../support/mixer/child-pids.ts';
import {
  colourOf,
  h264,
  hashOf,
  liveH264,
  liveVp8,
  referenceHashes,
  type Relay,
  run,
  type Sender,
  sendRtp,
  startBank,
  startRelay,
  type TestBank,
  tileSize,
  until,
  vp8,
} from './support.ts';

// BT.709 limited range.
const red = [63, 102, 240];
const blue = [32, 240, 118];

function expectColour(actual: readonly number[], expected: readonly number[]): void {
  for (const [index, value] of expected.entries()) expect(Math.abs(actual[index]! - value)).toBeLessThan(8);
}

/** Some 180 kB. */
const noisyRedKeyframe = [
  ...['-f', 'lavfi', '-i', 'color=c=red:s=1280x720:r=30,noise=alls=20:allf=t:all_seed=7', '-frames:v', '1'],
  ...['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-qmin', '30', '-qmax', '30', '-b:v', '50M'],
  ...['-pix_fmt', 'yuv420p', '-f', 'ivf', 'pipe:1'],
];

/** FFmpeg, but pictures 640 wide come out 0.3 s later. */
const lateDecoder = `#!${process.execPath}
const { spawn } = require('node:child_process');
const args = process.argv.slice(2);
const child = spawn('ffmpeg', args, { stdio: ['inherit', 'pipe', 'inherit'] });
const delayMs = args.join(' ').includes('max(640/') ? 300 : 0;
child.stdout.on('data', (chunk) => setTimeout(() => process.stdout.write(chunk), delayMs));
`;

let test: TestBank;
let relay: Relay;
let senders: Sender[];

beforeEach(async () => {
  test = await startBank();
  relay = await startRelay(test.port);
  senders = [];
});

afterEach(async () => {
  await Promise.all(senders.map((sender) => sender.stop()));
  relay.close();
  await test.bank.close('test over');
});

function send(...args: Parameters<typeof sendRtp>): void {
  senders.push(sendRtp(...args));
}

function addVideo(sourceId: string, stream: ReturnType<typeof vp8> | ReturnType<typeof h264>): void {
  test.bank.add({ sourceId, participantId: `of-${sourceId}`, ...stream });
  test.bank.requestSize(sourceId, tileSize);
}
const latest = (sourceId: string) => test.bank.videoOf(`of-${sourceId}`)?.latest();
const statsOf = (sourceId: string) => test.bank.stats().find((one) => one.sourceId === sourceId)!;

describe('createSourceBank with cameras', () => {
  it('VP8 and H264 sources show their own colour in the size of their tile', async () => {
    addVideo('a', vp8(1001));
    addVideo('b', h264(1002));
    expect(test.bank.videoOf('of-a')!.sinceLastPictureMs()).toBe(Infinity);
    send(test.port, vp8(1001), liveVp8('color=c=red:s=640x360:r=30'));
    // Known before anybody asks for the picture: the program asks for none of a camera that seems to be frozen.
    await until('the first picture', () => test.bank.videoOf('of-a')!.sinceLastPictureMs() < 1000);
    send(test.port, h264(1002), liveH264('color=c=blue:s=640x360:r=30'));
    for (const [sourceId, colour] of [
      ['a', red],
      ['b', blue],
    ] as const) {
      const picture = await until('picture', () => latest(sourceId));
      expect(picture).toMatchObject(tileSize);
      expectColour(colourOf(picture), colour);
    }
    expect(test.bank.videoOf('of-a')!.sinceLastPictureMs()).toBeLessThan(1000);
    expect(test.bank.socketCounts().unknownSsrcPacketCount).toBe(0);
  });

  it('a portrait camera is shown whole between black bars', async () => {
    addVideo('a', vp8(1001));
    send(test.port, vp8(1001), liveVp8('color=c=red:s=180x320:r=15'));
    const { data, width } = await until('picture', () => latest('a'));
    const middleRow = data.subarray(90 * width, 91 * width);
    expect([middleRow[2], middleRow[width - 3]]).toEqual([16, 16]);
    expect(Math.abs(middleRow[width / 2]! - red[0]!)).toBeLessThan(8);
  });

  it('a resolution change keeps the picture size and the picture', async () => {
    addVideo('a', vp8(1001));
    send(test.port, vp8(1001), liveVp8('color=c=red:s=320x180:r=30'));
    await until('first picture', () => latest('a'));
    await senders.pop()!.stop();
    // A second sender on the same SSRC begins with a keyframe at another size, as a layer switch does.
    send(test.port, vp8(1001), liveVp8('color=c=blue:s=640x360:r=30'));
    const picture = await until('new colour', () => {
      const now = latest('a');
      return now !== undefined && colourOf(now)[2] < 150 && now;
    });
    expect(picture).toMatchObject(tileSize);
    expectColour(colourOf(picture), blue);
    expect(statsOf('a').decoderRestartCount).toBe(0);
  });

  it('requestSize of a larger tile goes on in the old size until a keyframe, then in the new one', async () => {
    addVideo('a', vp8(1001));
    send(test.port, vp8(1001), liveVp8('color=c=red:s=320x180:r=30', 45));
    await until('first picture', () => latest('a'));
    const formerPid = test.bank.decoderPidOf('a')!;
    const larger = { width: 640, height: 360 };
    test.bank.requestSize('a', larger);
    const sizes: number[] = [];
    await until('the larger picture', () => {
      const { width } = latest('a')!;
      if (width !== sizes.at(-1)) sizes.push(width);
      return width === larger.width;
    });
    expect(sizes).toEqual([tileSize.width, larger.width]);
    expectColour(colourOf(latest('a')!), red);
    expect(new Set(test.keyframeRequests.map(({ sourceId }) => sourceId))).toEqual(new Set(['a']));
    expect(statsOf('a').decoderRestartCount).toBe(0);
    await until('the end of the former decoder', () => !isAlive(formerPid));
  });

  it('requestSize never steps back in time, though the new decoder is always 0.3 s late', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rostrum-slow-decoder-'));
    const slowFfmpeg = join(folder, 'ffmpeg');
    await writeFile(slowFfmpeg, lateDecoder, { mode: 0o755 });
    await test.bank.close('another one follows');
    test = await startBank(slowFfmpeg);
    addVideo('a', vp8(1001));
    // Brighter with every picture.
    const brightening = "color=c=black:s=320x180:r=30,geq=lum='16+N':cb=128:cr=128";
    send(test.port, vp8(1001), liveVp8(brightening, 20));
    await until('first picture', () => latest('a'));
    test.bank.requestSize('a', { width: 640, height: 360 });
    const luma: number[] = [];
    await until('ten pictures in the larger size', () => {
      const picture = latest('a')!;
      const [y] = colourOf(picture);
      if (y !== luma.at(-1)) luma.push(y);
      return picture.width === 640 && luma.length > 40;
    });
    for (const [index, y] of luma.slice(1).entries()) expect(y).toBeGreaterThanOrEqual(luma[index]! - 1);
    await rm(folder, { recursive: true });
  });

  it('requestSize of no tile ends the decoder, and a tile brings the picture back', async () => {
    addVideo('a', vp8(1001));
    send(test.port, vp8(1001), liveVp8('color=c=red:s=320x180:r=30', 30));
    await until('first picture', () => latest('a'));
    const formerPid = test.bank.decoderPidOf('a')!;
    test.bank.requestSize('a', undefined);
    expect(latest('a')).toBeUndefined();
    await until('the end of the decoder', () => !isAlive(formerPid));
    test.bank.requestSize('a', tileSize);
    expectColour(colourOf(await until('a picture', () => latest('a'))), red);
  });

  it('sequence numbers and timestamps that wrap lose nothing', async () => {
    addVideo('a', vp8(1001));
    let sequence = 65_500;
    let timestampShift: number | undefined;
    relay.fault = (packet) => {
      timestampShift ??= 2 ** 32 - 45_000 - packet.readUInt32BE(4);
      packet.writeUInt16BE(sequence++ & 0xffff, 2);
      packet.writeUInt32BE((packet.readUInt32BE(4) + timestampShift) >>> 0, 4);
      return [packet];
    };
    send(relay.port, vp8(1001), liveVp8('testsrc2=s=320x180:r=30'));
    await until('60 pictures, past both wraps', () => sequence > 65_600 && statsOf('a').decodedFrameCount > 60);
    expect(statsOf('a')).toMatchObject({ lostPacketCount: 0, keyframeRequestCount: 0, decoderRestartCount: 0 });
  });

  it('joining in the middle of a group shows nothing until a keyframe, and asks for one at once', async () => {
    addVideo('a', vp8(1001));
    let packetCount = 0;
    let isKeyframeWithheld = true;
    relay.fault = (packet) => {
      const isKeyframe = (packet[12]! & 0x10) !== 0 && (packet[13]! & 1) === 0;
      if (isKeyframe && packetCount > 60) isKeyframeWithheld = false;
      return packetCount++ === 0 || (isKeyframe && isKeyframeWithheld) ? [] : [packet];
    };
    send(relay.port, vp8(1001), liveVp8('color=c=red:s=320x180:r=30', 45));
    await until('a request', () => test.keyframeRequests.length > 0);
    expect(statsOf('a').packetCount).toBeLessThan(10);
    await until('more packets', () => packetCount > 30);
    expect(latest('a')).toBeUndefined();
    expectColour(colourOf(await until('a picture', () => latest('a'))), red);
    expect(isKeyframeWithheld).toBe(false);
  });

  it('killing one decoder brings its picture back and does not disturb the other', async () => {
    addVideo('a', vp8(1001));
    addVideo('b', vp8(1002));
    send(test.port, vp8(1001), liveVp8('color=c=red:s=320x180:r=30'));
    send(test.port, vp8(1002), liveVp8('testsrc2=s=320x180:r=30'));
    await until('both', () => latest('a') !== undefined && latest('b') !== undefined);
    const decodedBefore = statsOf('a').decodedFrameCount;
    const otherBefore = { pid: test.bank.decoderPidOf('b'), decodedFrameCount: statsOf('b').decodedFrameCount };
    process.kill(test.bank.decoderPidOf('a')!, 'SIGKILL');
    await until('pictures again', () => {
      expectColour(colourOf(latest('a')!), red);
      return statsOf('a').decoderRestartCount === 1 && statsOf('a').decodedFrameCount > decodedBefore + 10;
    });
    expect(test.keyframeRequests.map((one) => one.sourceId)).toContain('a');
    // Not by the length of gaps: those follow the sender's and the machine's stalls, with a kill or without.
    expect(test.bank.decoderPidOf('b')).toBe(otherBefore.pid);
    expect(statsOf('b')).toMatchObject({ decoderRestartCount: 0, lostPacketCount: 0, keyframeRequestCount: 0 });
    expect(statsOf('b').decodedFrameCount - otherBefore.decodedFrameCount).toBeGreaterThan(
      statsOf('a').decodedFrameCount - decodedBefore,
    );
  });

  it('remove forgets the source at once and close leaves no decoder behind', async () => {
    addVideo('a', vp8(1001));
    addVideo('b', vp8(1002));
    send(test.port, vp8(1001), liveVp8('color=c=red:s=320x180:r=30'));
    send(test.port, vp8(1002), liveVp8('color=c=red:s=320x180:r=30'));
    await until('both', () => latest('a') !== undefined && latest('b') !== undefined);
    const pids = ['a', 'b'].map((sourceId) => test.bank.decoderPidOf(sourceId)!);
    test.bank.remove('a');
    expect(test.bank.videoOf('of-a')).toBeUndefined();
    await until('counted as unknown', () => test.bank.socketCounts().unknownSsrcPacketCount > 0);
    await test.bank.close('test');
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow();
  });
});

describe('createSourceBank under packet loss', () => {
  for (const codec of ['VP8', 'H264'] as const) {
    it(`${codec}: every picture shown is one the sender meant; a loss freezes, asks for a keyframe, recovers`, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'rostrum-input-'));
      try {
        const stream = codec === 'VP8' ? vp8(1001) : h264(1001);
        const encode = codec === 'VP8' ? liveVp8 : liveH264;
        const file = join(folder, codec === 'VP8' ? 'clip.ivf' : 'clip.h264');
        await run('ffmpeg', ['-v', 'error', ...encode('testsrc2=s=320x180:r=30:d=6'), file]);
        const meant = new Set(await referenceHashes(file, codec));
        expect(meant.size).toBeGreaterThan(150);

        addVideo('a', stream);
        let packetCount = 0;
        let droppedCount = 0;
        let held: Buffer | undefined;
        relay.fault = (packet) => {
          packetCount++;
          if (packetCount % 40 === 0) {
            droppedCount++;
            return [];
          }
          // Reordering must not hurt: every seventh packet swaps with the next.
          if (held !== undefined) {
            const both = [packet, held];
            held = undefined;
            return both;
          }
          if (packetCount % 7 !== 0) return [packet];
          held = packet;
          return [];
        };
        send(relay.port, stream, ['-i', file, '-c', 'copy']);
        await until('first picture', () => latest('a'));
        const shown = new Set<string>();
        let longestFreezeMs = 0;
        await until('the end of the clip', () => {
          shown.add(hashOf(latest('a')!.data));
          const sinceMs = test.bank.videoOf('of-a')!.sinceLastPictureMs();
          longestFreezeMs = Math.max(longestFreezeMs, sinceMs < 1500 ? sinceMs : 0);
          return sinceMs > 2500;
        });
        expect(droppedCount).toBeGreaterThan(3);
        expect([...shown].filter((hash) => !meant.has(hash))).toEqual([]);
        expect(shown.size).toBeGreaterThan(30);
        expect(longestFreezeMs).toBeGreaterThan(100);
        expect(statsOf('a').lostPacketCount).toBeGreaterThanOrEqual(droppedCount - 1);
        expect(test.keyframeRequests.length).toBeGreaterThan(0);
        const gapsMs = test.keyframeRequests
          .slice(1)
          .map((one, index) => one.atMs - test.keyframeRequests[index]!.atMs);
        // A request that was answered into a loss may be followed by another one sooner; the clock of the test rounds.
        const minGapMs = keyframeRequestLimits.afterLossIntervalMs - 1;
        for (const gapMs of gapsMs) expect(gapMs).toBeGreaterThanOrEqual(minGapMs);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
  }

  it('a keyframe of over 150 packets that comes in one burst, while nobody reads the socket, is all there', async () => {
    addVideo('a', vp8(1001));
    const [keyframe] = readIvfFrames(await runFfmpeg(noisyRedKeyframe));
    const unit = packVp8Frame(keyframe!);
    expect(unit.length).toBeGreaterThanOrEqual(150);
    const socket = createSocket({ type: 'udp4', sendBufferSize: 1 << 22 });
    try {
      socket.connect(test.port, '127.0.0.1');
      await once(socket, 'connect');
      // All in one turn of the event loop that the bank shares: it cannot take any of them before the last is sent.
      unit.forEach((payload, sequenceNumber) => {
        const isMarked = sequenceNumber === unit.length - 1;
        const header = writeRtpHeader({ ...vp8(1001), sequenceNumber, timestamp: 90_000, isMarked });
        socket.send(Buffer.concat([header, payload]));
      });
      expectColour(colourOf(await until('its picture', () => latest('a'))), red);
      expect(statsOf('a')).toMatchObject({ packetCount: unit.length, lostPacketCount: 0, decodedFrameCount: 1 });
    } finally {
      socket.close();
    }
  });
});
