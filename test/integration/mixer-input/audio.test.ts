import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { type AudioContent } from '../../../src/mixer/source-contract.ts';
import {
  liveOpus,
  opus,
  type Relay,
  type Sender,
  sendRtp,
  startBank,
  startRelay,
  type TestBank,
  toneAmplitude,
  until,
} from './support.ts';

const sampleCount = 1600;
const tone = (frequencyHz: number): string[] => liveOpus(`sine=frequency=${frequencyHz}:sample_rate=48000`);
// The sine source has amplitude 1/8, less 3 dB from mono to stereo: 0.088.
const loud = 0.08;
const silent = 0.002;

/** Less is absorbed by the playout delay and by what is decoded ahead. */
const heldUpAfterMs = { readLate: 50, packetLate: 250 };
/** What a hold-up leaves behind is over by then: concealment, and a ring that has to fill. */
const heldUpForMs = 1000;

let test: TestBank;
let relay: Relay;
let senders: Sender[];
let startMs: number;
let tick: number;
/** When the machine last held up the reader or a packet, monotonic ms. */
let heldUpMs: number;
let lastPacketMs: number | undefined;

beforeEach(async () => {
  test = await startBank();
  relay = await startRelay(test.port);
  senders = [];
  startMs = systemClock.nowMs();
  tick = 0;
  heldUpMs = -Infinity;
  lastPacketMs = undefined;
  test.bank.startTimeline(startMs);
});

afterEach(async () => {
  await Promise.all(senders.map((sender) => sender.stop()));
  relay.close();
  await test.bank.close('test over');
});

/** To be called by the relay for every packet, faulty or not. */
function notePacket(): void {
  const nowMs = systemClock.nowMs();
  if (nowMs - (lastPacketMs ?? nowMs) > heldUpAfterMs.packetLate) heldUpMs = nowMs;
  lastPacketMs = nowMs;
}

/** True for what is read while the machine, not the mixer, is to blame for a gap: that is not judged. */
const isHeldUp = (): boolean => systemClock.nowMs() - heldUpMs < heldUpForMs;

/** Reads every program frame that is due, as the mixer does; calls back with each. */
function readDue(participantId: string, onFrame: (samples: Float32Array) => void): void {
  for (; systemClock.nowMs() >= startMs + (tick * 1000) / 30; tick++) {
    const nowMs = systemClock.nowMs();
    const isLate = nowMs - startMs - (tick * 1000) / 30 > heldUpAfterMs.readLate;
    if (isLate || nowMs - (lastPacketMs ?? nowMs) > heldUpAfterMs.packetLate) heldUpMs = nowMs;
    const target = new Float32Array(2 * sampleCount);
    test.bank.mixAudioOf(participantId, 'microphone', target, tick * sampleCount, sampleCount);
    onFrame(target);
  }
}

async function readUntil(what: string, participantId: string, isDone: (samples: Float32Array) => boolean) {
  let done = false;
  await until(what, () => {
    readDue(participantId, (samples) => (done ||= isDone(samples)));
    return done;
  });
}

describe('createSourceBank with microphones', () => {
  it('each participant has their own tone at its level, and nothing of the others', async () => {
    test.bank.add({ sourceId: 'a', participantId: 'ann', ...opus(2001) });
    test.bank.add({ sourceId: 'b', participantId: 'bob', ...opus(2002) });
    senders.push(sendRtp(test.port, opus(2001), tone(480)), sendRtp(test.port, opus(2002), tone(960)));
    const heard: Record<'ann' | 'bob', Float32Array[]> = { ann: [], bob: [] };
    await until('two seconds of sound', () => {
      const from = tick;
      readDue('ann', (samples) => heard.ann.push(samples));
      const to = tick;
      for (tick = from; tick < to; tick++) {
        const target = new Float32Array(2 * sampleCount);
        test.bank.mixAudioOf('bob', 'microphone', target, tick * sampleCount, sampleCount);
        heard.bob.push(target);
      }
      return heard.bob.filter((samples) => toneAmplitude(samples, 960) > loud).length > 60;
    });
    for (const [who, own, other] of [
      ['ann', 480, 960],
      ['bob', 960, 480],
    ] as const) {
      const last = heard[who].slice(-30);
      for (const samples of last) {
        expect(toneAmplitude(samples, own)).toBeGreaterThan(loud);
        expect(toneAmplitude(samples, other)).toBeLessThan(silent);
      }
    }
  });

  it('the sound of a shared screen is read apart from the microphone', async () => {
    test.bank.add({ sourceId: 'a', participantId: 'ann', ...opus(2001) });
    test.bank.add({ sourceId: 'b', participantId: 'ann', ...opus(2002), content: 'screenAudio' });
    senders.push(sendRtp(test.port, opus(2001), tone(480)), sendRtp(test.port, opus(2002), tone(960)));
    const read = (content: AudioContent): Float32Array => {
      const target = new Float32Array(2 * sampleCount);
      // A frame that was played just now, so that all of it is there.
      test.bank.mixAudioOf('ann', content, target, (tick - 2) * sampleCount, sampleCount);
      return target;
    };
    await readUntil('both sounds', 'ann', () =>
      (['microphone', 'screenAudio'] as const).every(
        (content, index) => toneAmplitude(read(content), 480 * (index + 1)) > loud,
      ),
    );
    expect(toneAmplitude(read('microphone'), 960)).toBeLessThan(silent);
    expect(toneAmplitude(read('screenAudio'), 480)).toBeLessThan(silent);
  });

  it('single lost packets are concealed, a stream that stops fades to exact silence, and comes back', async () => {
    test.bank.add({ sourceId: 'a', participantId: 'ann', ...opus(2001) });
    let packetCount = 0;
    let isCut = false;
    relay.fault = (packet) => {
      notePacket();
      return isCut || packetCount++ % 25 === 24 ? [] : [packet];
    };
    senders.push(sendRtp(relay.port, opus(2001), tone(480)));
    await readUntil('sound', 'ann', (samples) => toneAmplitude(samples, 480) > loud);
    let frameCount = 0;
    let weakest = 1;
    await readUntil('two seconds with losses', 'ann', (samples) => {
      if (isHeldUp()) return false;
      weakest = Math.min(weakest, toneAmplitude(samples, 480));
      return frameCount++ > 60;
    });
    expect(weakest).toBeGreaterThan(loud / 4);
    expect(test.bank.stats()[0]!.lostPacketCount).toBeGreaterThan(1);
    isCut = true;
    await readUntil('silence', 'ann', (samples) => samples.every((sample) => sample === 0));
    isCut = false;
    await readUntil('sound again', 'ann', (samples) => toneAmplitude(samples, 480) > loud);
  });

  it('sound and timestamps that wrap play without a gap', async () => {
    test.bank.add({ sourceId: 'a', participantId: 'ann', ...opus(2001) });
    let sequence = 65_500;
    let shift: number | undefined;
    relay.fault = (packet) => {
      notePacket();
      shift ??= 2 ** 32 - 48_000 - packet.readUInt32BE(4);
      packet.writeUInt16BE(sequence++ & 0xffff, 2);
      packet.writeUInt32BE((packet.readUInt32BE(4) + shift) >>> 0, 4);
      return [packet];
    };
    senders.push(sendRtp(relay.port, opus(2001), tone(480)));
    await readUntil('sound', 'ann', (samples) => toneAmplitude(samples, 480) > loud);
    let weakest = 1;
    let frameCount = 0;
    await readUntil('past the wraps', 'ann', (samples) => {
      if (isHeldUp()) return false;
      weakest = Math.min(weakest, toneAmplitude(samples, 480));
      return frameCount++ > 30 && sequence > 65_636;
    });
    expect(weakest).toBeGreaterThan(loud);
    expect(test.bank.stats()[0]!.lostPacketCount).toBe(0);
  });
});
