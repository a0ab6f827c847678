import { describe, expect, it } from 'vitest';
import { AudioBus } from '../../../../src/mixer/audio/audio-bus.ts';
import { gainRampSampleCount, headroomRatio, ParticipantGain } from '../../../../src/mixer/audio/gain.ts';
import { limiterCeilingRatio } from '../../../../src/mixer/audio/limiter.ts';
import { writeS16le } from '../../../../src/mixer/audio/pcm.ts';

type Voice = (sampleIndex: number) => number;
const sine =
  (hz: number, amplitude: number): Voice =>
  (index) =>
    amplitude * Math.sin((2 * Math.PI * hz * index) / 48_000);
const samplesPerFrame = 1600;

/** A bus over voices that are functions of the program sample number; collects what the encoder would get. */
function busOver(voices: Record<string, Voice>) {
  const reads: { participantId: string; firstSample: number; sampleCount: number }[] = [];
  const bus = new AudioBus({
    samplesPerFrame,
    bank: {
      mixAudioOf(participantId, target, firstSample, sampleCount, { gainFrom, gainTo, rampSampleCount }) {
        reads.push({ participantId, firstSample, sampleCount });
        for (let index = 0; index < sampleCount; index++) {
          const share = index < rampSampleCount ? index / rampSampleCount : 1;
          const sample = voices[participantId]!(firstSample + index) * (gainFrom + (gainTo - gainFrom) * share);
          target[2 * index]! += sample;
          target[2 * index + 1]! += sample;
        }
      },
    },
  });
  const output: number[] = [];
  return {
    bus,
    reads,
    output,
    on: (...ids: string[]) =>
      bus.setParticipants(
        Object.keys(voices)
          .filter((id) => ids.includes(id))
          .map((id) => participant(id)),
      ),
    frames(fromFrame: number, frameCount: number) {
      for (let frame = fromFrame; frame < fromFrame + frameCount; frame++) {
        const bytes = new Uint8Array(4 * samplesPerFrame);
        bus.render(frame * samplesPerFrame, bytes);
        const view = new DataView(bytes.buffer);
        for (let index = 0; index < samplesPerFrame; index++) output.push(view.getInt16(4 * index, true));
      }
    },
  };
}

const participant = (participantId: string, isMicrophoneOn = true) => ({
  participantId,
  displayName: participantId,
  isMicrophoneOn,
  isCameraOn: true,
});

describe('AudioBus', () => {
  it('render gives program sample n at place n: the limiter delay is compensated', () => {
    const test = busOver({ a: (index) => (index % 4800 === 2400 ? 0.5 : 0) });
    test.on('a');
    test.frames(0, 6);
    const places = test.output.flatMap((sample, index) => (sample === 0 ? [] : [index]));
    expect(places).toEqual([2400, 7200]);
    expect(test.output[2400]).toBe(Math.round(0.5 * headroomRatio * 32767));
  });

  it('render reads every span of a source once and in order', () => {
    const test = busOver({ a: sine(440, 0.1) });
    test.on('a');
    test.frames(0, 3);
    test.reads.reduce((next, read) => {
      expect(read.firstSample).toBe(next);
      return next + read.sampleCount;
    }, 0);
  });

  it('render of nobody and of muted participants is exactly zero', () => {
    const test = busOver({ a: sine(440, 1) });
    test.frames(0, 2);
    test.bus.setParticipants([participant('a', false)]);
    test.frames(2, 3);
    expect(test.output.every((sample) => sample === 0)).toBe(true);
  });

  it('render of eight full-scale tones never exceeds the ceiling', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const test = busOver(Object.fromEntries(ids.map((id, index) => [id, sine(300 + 170 * index, 1)])));
    test.on(...ids);
    test.frames(0, 60);
    const peak = Math.max(...test.output.map(Math.abs));
    expect(peak).toBeLessThanOrEqual(Math.ceil(limiterCeilingRatio * 32767));
    expect(peak).toBeGreaterThan(20_000);
  });

  it('setParticipants fades in and out within 10 ms and without a click', () => {
    const test = busOver({ a: sine(200, 0.5) });
    test.frames(0, 2);
    test.on('a');
    test.frames(2, 3);
    test.bus.setParticipants([participant('a', false)]);
    test.frames(5, 3);
    const steepest = Math.max(...test.output.slice(1).map((sample, index) => Math.abs(sample - test.output[index]!)));
    expect(steepest).toBeLessThan(
      0.5 * headroomRatio * 32767 * (2 * Math.PI * (200 / 48_000) + 1 / gainRampSampleCount) + 2,
    );
    const mutedFrom = 5 * samplesPerFrame + gainRampSampleCount + 240;
    expect(test.output.slice(mutedFrom).every((sample) => sample === 0)).toBe(true);
  });

  it('setParticipants without somebody fades them out and then reads them no more', () => {
    const test = busOver({ a: sine(200, 0.5), b: sine(300, 0.1) });
    test.on('a', 'b');
    test.frames(0, 2);
    test.on('b');
    test.frames(2, 4);
    const lastRead = test.reads.filter((read) => read.participantId === 'a').at(-1)!;
    expect(lastRead.firstSample).toBeLessThan(4 * samplesPerFrame);
  });

  it('render behind a skip goes on at the new place', () => {
    const test = busOver({ a: (index) => (index === 160_100 ? 0.5 : 0) });
    test.on('a');
    test.frames(0, 2);
    test.frames(100, 1);
    expect(test.output.indexOf(Math.round(0.5 * headroomRatio * 32767))).toBe(2 * samplesPerFrame + 100);
  });
});

describe('ParticipantGain', () => {
  it('next starts where the last ramp ended', () => {
    const gain = new ParticipantGain();
    expect(gain.isSilent).toBe(true);
    gain.isOn = true;
    expect(gain.next()).toMatchObject({ gainFrom: 0, gainTo: 1 });
    expect(gain.next()).toMatchObject({ gainFrom: 1, gainTo: 1 });
    gain.isOn = false;
    expect(gain.isSilent).toBe(false);
    expect(gain.next()).toMatchObject({ gainFrom: 1, gainTo: 0 });
    expect(gain.isSilent).toBe(true);
  });
});

describe('writeS16le', () => {
  it('writes full scale, zero and what lies beyond as little endian', () => {
    const bytes = new Uint8Array(10);
    writeS16le(Float32Array.from([1, -1, 0, 7, -7]), bytes);
    expect([...bytes]).toEqual([0xff, 0x7f, 0x01, 0x80, 0, 0, 0xff, 0x7f, 0x00, 0x80]);
  });
});
