import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AudioBus, programGainRatio } from '../../../../src/mixer/audio/audio-bus.ts';
import { duckedFloorDb, duckHoldSec } from '../../../../src/mixer/audio/ducker.ts';
import { gainRampSampleCount, ParticipantGain } from '../../../../src/mixer/audio/gain.ts';
import { limiterCeilingRatio } from '../../../../src/mixer/audio/limiter.ts';
import { writeS16le } from '../../../../src/mixer/audio/pcm.ts';
import { type MixerParticipant } from '../../../../src/mixer/ports.ts';
import { toneLevelDb } from '../../../support/mixer/judge.ts';
import { sine, sineDb, speechLike, type Voice } from '../../../support/mixer/sound.ts';

const samplesPerFrame = 1600;

/** A bus over voices that are functions of the program sample number; collects what the encoder would get. */
function busOver(
  voices: Record<string, Voice>,
  channelIds: readonly string[] = ['main'],
  screens: Record<string, Voice> = {},
) {
  const reads: { participantId: string; firstSample: number; sampleCount: number }[] = [];
  const bus = new AudioBus({
    samplesPerFrame,
    channelIds,
    bank: {
      mixAudioOf(participantId, content, target, firstSample, sampleCount) {
        const voice = (content === 'microphone' ? voices : screens)[participantId];
        if (voice === undefined) return;
        reads.push({ participantId, firstSample, sampleCount });
        for (let index = 0; index < sampleCount; index++) {
          target[2 * index]! += voice(firstSample + index);
          target[2 * index + 1]! += voice(firstSample + index);
        }
      },
    },
  });
  const outputs: Record<string, number[]> = Object.fromEntries(channelIds.map((channelId) => [channelId, []]));
  return {
    bus,
    reads,
    outputs,
    output: outputs['main']!,
    on: (...ids: string[]) => bus.setParticipants(ids.map((id) => participant(id))),
    frames(fromFrame: number, frameCount: number) {
      for (let frame = fromFrame; frame < fromFrame + frameCount; frame++) {
        bus.render(frame * samplesPerFrame).forEach((bytes, channel) => {
          const view = new DataView(bytes.buffer);
          const output = outputs[channelIds[channel]!]!;
          for (let index = 0; index < samplesPerFrame; index++) output.push(view.getInt16(4 * index, true));
        });
      }
    },
    /** Level of a tone in a channel over some frames, dBFS of its peak. */
    levelDb(channelId: string, hz: number, fromFrame: number, toFrame: number): number {
      const span = outputs[channelId]!.slice(fromFrame * samplesPerFrame, toFrame * samplesPerFrame);
      return toneLevelDb(
        Float32Array.from(span, (sample) => sample / 32_767),
        hz,
      );
    },
  };
}

const participant = (participantId: string, change: Partial<MixerParticipant> = {}): MixerParticipant => ({
  participantId,
  displayName: participantId,
  isMicrophoneOn: true,
  isCameraOn: true,
  ...change,
});

const steepestOf = (output: readonly number[]) =>
  output.reduce((steepest, sample, index) => Math.max(steepest, Math.abs(sample - (output[index - 1] ?? 0))), 0);
/** Steepest that a tone of that amplitude gets while it fades, with what levelling may add meanwhile. */
const steepestFadeOf = (hz: number, amplitude: number) =>
  amplitude * 1.1 * 32_767 * (2 * Math.PI * (hz / 48_000) + 1 / gainRampSampleCount) + 2;

describe('AudioBus', () => {
  it('render gives program sample n at place n: the limiter delay is compensated', () => {
    const test = busOver({ a: (index) => (index % 4800 === 2400 ? 0.3 : 0) });
    test.on('a');
    test.frames(0, 6);
    const places = test.output.flatMap((sample, index) => (sample === 0 ? [] : [index]));
    expect(places).toEqual([2400, 7200]);
    expect(test.output[2400]).toBe(Math.round(0.3 * programGainRatio * 32767));
  });

  it('render reads every span of a source once and in order', () => {
    const test = busOver({ a: sine(440, 0.1) });
    test.on('a');
    test.frames(0, 3);
    expect(test.reads).toHaveLength(4);
    test.reads.reduce((next, read) => {
      expect(read.firstSample).toBe(next);
      return next + read.sampleCount;
    }, 0);
  });

  it('render of nobody and of muted participants is exactly zero, and their packets are not even read', () => {
    const test = busOver({ a: sine(440, 1) });
    test.frames(0, 2);
    test.bus.setParticipants([participant('a', { isMicrophoneOn: false })]);
    test.frames(2, 3);
    expect(test.output.every((sample) => sample === 0)).toBe(true);
    expect(test.reads).toEqual([]);
  });

  it('render of twelve full-scale tones never exceeds the ceiling', () => {
    const ids = Array.from({ length: 12 }, (_, index) => `p${index}`);
    const test = busOver(Object.fromEntries(ids.map((id, index) => [id, sine(300 + 170 * index, 1)])));
    test.on(...ids);
    test.frames(0, 60);
    const peak = Math.max(...test.output.map(Math.abs));
    expect(peak).toBeLessThanOrEqual(Math.ceil(limiterCeilingRatio * 32767));
    expect(peak).toBeGreaterThan(20_000);
  });

  it('setParticipants fades in and out within 10 ms and without a click', () => {
    const test = busOver({ a: sine(200, 0.1) });
    test.frames(0, 2);
    test.on('a');
    test.frames(2, 3);
    test.bus.setParticipants([participant('a', { isMicrophoneOn: false })]);
    test.frames(5, 3);
    expect(steepestOf(test.output)).toBeLessThan(steepestFadeOf(200, 0.1 * programGainRatio));
    const mutedFrom = 5 * samplesPerFrame + gainRampSampleCount + 250;
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

  it('setParticipants with somebody who left and came back levels them anew, one who was muted goes on', () => {
    const test = busOver({ a: sineDb(300, -36), b: sineDb(500, -36) });
    test.on('a', 'b');
    test.frames(0, 300);
    test.bus.setParticipants([participant('b', { isMicrophoneOn: false })]);
    test.frames(300, 3);
    test.on('a', 'b');
    test.frames(303, 6);
    expect(test.levelDb('main', 500, 304, 309)).toBeGreaterThan(-20);
    expect(test.levelDb('main', 300, 304, 309)).toBeLessThan(-30);
  });

  it('render is as before one frame after a source gave what are no numbers', () => {
    const broken = (index: number) => (index > 9600 && index < 9700 ? (index % 2 === 0 ? NaN : Infinity) : 0);
    const test = busOver({ a: sineDb(300, -20), b: broken });
    const whole = busOver({ a: sineDb(300, -20) });
    test.on('a', 'b');
    whole.on('a');
    test.frames(0, 60);
    whole.frames(0, 60);
    expect(test.output.slice(-samplesPerFrame)).toEqual(whole.output.slice(-samplesPerFrame));
  });

  it('render behind a skip goes on at the new place', () => {
    const test = busOver({ a: (index) => (index === 160_100 ? 0.3 : 0) });
    test.on('a');
    test.frames(0, 2);
    test.frames(100, 1);
    expect(test.output.indexOf(Math.round(0.3 * programGainRatio * 32767))).toBe(2 * samplesPerFrame + 100);
  });

  it('render with a shared screen gives its sound whatever the microphone does, until the screen is off', () => {
    const test = busOver({ a: sineDb(300, -20) }, ['main'], { a: sineDb(900, -20) });
    test.bus.setParticipants([participant('a', { isMicrophoneOn: false })]);
    test.frames(0, 6);
    test.bus.setParticipants([participant('a', { isScreenOn: false })]);
    test.frames(6, 6);
    expect(test.levelDb('main', 900, 1, 6)).toBeGreaterThan(-22);
    expect(test.levelDb('main', 300, 1, 6)).toBeLessThan(-80);
    expect(test.levelDb('main', 900, 7, 12)).toBeLessThan(-80);
    expect(test.levelDb('main', 300, 7, 12)).toBeGreaterThan(-22);
  });
});

describe('AudioBus with a language channel', () => {
  const floorHz = 300;
  const germanHz = 700;
  const voices = (german: Voice): Record<string, Voice> => ({ floor: sineDb(floorHz, -20), german });
  const interpreter = (change: Partial<MixerParticipant> = {}) =>
    participant('german', { audioChannelId: 'de', ...change });
  /** Both tones weigh up to 0.7 dB less than one of 1 kHz. */
  const programDb = -17.7;

  it('an interpreter is heard on their channel only, at full loudness over the floor at -15 dB', () => {
    const test = busOver(voices(sineDb(germanHz, -20)), ['main', 'de']);
    test.bus.setParticipants([participant('floor'), interpreter()]);
    test.frames(0, 60);
    expect(test.levelDb('main', floorHz, 30, 60)).toBeCloseTo(programDb, 0);
    expect(test.levelDb('main', germanHz, 30, 60)).toBeLessThan(-80);
    expect(test.levelDb('de', germanHz, 30, 60)).toBeCloseTo(programDb, 0);
    expect(test.levelDb('de', floorHz, 30, 60)).toBeCloseTo(programDb + duckedFloorDb, 0);
  });

  it('a channel without an interpreter, or with a silent one, is the floor unchanged', () => {
    const test = busOver(
      voices(() => 0),
      ['main', 'de', 'fr'],
    );
    test.bus.setParticipants([participant('floor'), interpreter()]);
    test.frames(0, 10);
    expect(test.outputs['de']).toEqual(test.outputs['main']);
    expect(test.outputs['fr']).toEqual(test.outputs['main']);
  });

  it('the floor comes back some seconds after the last word, and all of it without a click', () => {
    const until = 2 * 48_000;
    const test = busOver(
      voices((index) => (index < until ? sineDb(germanHz, -20)(index) * Math.min(1, (until - index) / 4800) : 0)),
      ['main', 'de'],
    );
    test.bus.setParticipants([participant('floor'), interpreter()]);
    test.frames(0, 240);
    const frameAt = (sec: number) => Math.round(sec * 30);
    expect(test.levelDb('de', floorHz, frameAt(1), frameAt(2))).toBeCloseTo(programDb + duckedFloorDb, 0);
    expect(test.levelDb('de', floorHz, frameAt(3), frameAt(2 + duckHoldSec - 0.2))).toBeCloseTo(
      programDb + duckedFloorDb,
      0,
    );
    expect(test.levelDb('de', floorHz, frameAt(7), frameAt(8))).toBeCloseTo(programDb, 0);
    const amplitude = 10 ** (programDb / 20);
    expect(steepestOf(test.outputs['de']!)).toBeLessThan(
      steepestFadeOf(floorHz, amplitude) + steepestFadeOf(germanHz, amplitude),
    );
  });

  it('a muted interpreter neither sounds nor ducks', () => {
    const test = busOver(voices(sineDb(germanHz, -20)), ['main', 'de']);
    test.bus.setParticipants([participant('floor'), interpreter({ isMicrophoneOn: false })]);
    test.frames(0, 30);
    expect(test.outputs['de']).toEqual(test.outputs['main']);
  });

  it('somebody of a channel that is not there is not heard at all', () => {
    const test = busOver(voices(sineDb(germanHz, -20)), ['main', 'de']);
    test.bus.setParticipants([interpreter({ audioChannelId: 'fr' })]);
    test.frames(0, 10);
    for (const output of Object.values(test.outputs)) expect(output.every((sample) => sample === 0)).toBe(true);
  });

  it('setParticipants with another channel moves somebody without a click and is never on both', () => {
    const test = busOver(voices(sineDb(germanHz, -20)), ['main', 'de']);
    test.bus.setParticipants([participant('german')]);
    test.frames(0, 10);
    test.bus.setParticipants([interpreter()]);
    test.frames(10, 10);
    expect(test.levelDb('main', germanHz, 11, 20)).toBeLessThan(-80);
    expect(test.levelDb('de', germanHz, 12, 20)).toBeCloseTo(programDb, 0);
    const bound = steepestFadeOf(germanHz, 10 ** (programDb / 20));
    for (const output of Object.values(test.outputs)) expect(steepestOf(output)).toBeLessThan(bound);
  });

  it('setParticipants in any order of joins, leaves, mutes and moves never clicks, and ends in exact silence', () => {
    const ids = ['a', 'b', 'c'];
    const hz = 100;
    const amplitude = 0.05;
    const state = fc.constantFrom('away', 'muted', 'main', 'de', 'fr');
    const schedule = fc.array(fc.tuple(state, state, state), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(schedule, (moments) => {
        const test = busOver(Object.fromEntries(ids.map((id) => [id, sine(hz, amplitude)])), ['main', 'de']);
        moments.forEach((states, moment) => {
          const present = ids.flatMap((id, index) => {
            const where = states[index]!;
            if (where === 'away') return [];
            if (where === 'muted') return [participant(id, { isMicrophoneOn: false })];
            return [participant(id, { audioChannelId: where })];
          });
          test.bus.setParticipants(present);
          test.frames(2 * moment, 2);
        });
        test.bus.setParticipants([]);
        test.frames(2 * moments.length, 2);
        for (const output of Object.values(test.outputs)) {
          expect(steepestOf(output)).toBeLessThan(ids.length * steepestFadeOf(hz, 2 * amplitude * programGainRatio));
          expect(output.slice(-samplesPerFrame).every((sample) => sample === 0)).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('full-scale voices on every channel stay below the ceiling there', () => {
    const test = busOver({ floor: speechLike(-3), german: sine(900, 1) }, ['main', 'de']);
    test.bus.setParticipants([participant('floor'), interpreter()]);
    test.frames(0, 30);
    for (const output of Object.values(test.outputs)) {
      expect(Math.max(...output.map(Math.abs))).toBeLessThanOrEqual(Math.ceil(limiterCeilingRatio * 32767));
    }
  });
});

describe('ParticipantGain', () => {
  it('next starts where the last ramp ended and fits into a short span', () => {
    const gain = new ParticipantGain();
    expect(gain.isSilent).toBe(true);
    gain.isOn = true;
    expect(gain.next(250)).toEqual({ gainFrom: 0, gainTo: 1, rampSampleCount: 250 });
    expect(gain.next(1600)).toEqual({ gainFrom: 1, gainTo: 1, rampSampleCount: gainRampSampleCount });
    gain.isOn = false;
    expect(gain.isSilent).toBe(false);
    expect(gain.next(1600)).toMatchObject({ gainFrom: 1, gainTo: 0 });
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
