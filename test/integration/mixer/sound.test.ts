import { beforeAll, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { AudioBus } from '../../../src/mixer/audio/audio-bus.ts';
import { LoudnessMeter } from '../../../src/mixer/audio/loudness-meter.ts';
import { type MixerParticipant } from '../../../src/mixer/ports.ts';
import { createMixerRun } from '../../../src/mixer/program/mixer-run.ts';
import { EventLog } from '../../support/mixer/event-log.ts';
import { decodeAudio, toneLevelDb } from '../../support/mixer/judge.ts';
import { type MeasuredLoudness, mp4Loudness, pcmLoudness } from '../../support/mixer/loudness.ts';
import { testRunOptions } from '../../support/mixer/run-options.ts';
import { sineDb, speechLike, stereo, type Voice } from '../../support/mixer/sound.ts';
import { type SyntheticContent, SyntheticSourceBank } from '../../support/mixer/synthetic-source-bank.ts';

const samplesPerFrame = 1600;
const framesPerSec = 30;

const person = (participantId: string, change: Partial<MixerParticipant> = {}): MixerParticipant => ({
  participantId,
  displayName: participantId,
  isMicrophoneOn: true,
  isCameraOn: false,
  ...change,
});

/** What the encoder would get of these voices, s16le. */
function pcmOf(voices: readonly Voice[], durationSec: number): Uint8Array {
  const bus = new AudioBus({
    samplesPerFrame,
    channelIds: ['main'],
    bank: {
      mixAudioOf(participantId, content, target, firstSample, sampleCount) {
        if (content !== 'microphone') return;
        const samples = stereo(voices[Number(participantId)]!, sampleCount, firstSample);
        samples.forEach((sample, index) => (target[index]! += sample));
      },
    },
  });
  bus.setParticipants(voices.map((_, index) => person(String(index))));
  const frames = Array.from(
    { length: durationSec * framesPerSec },
    (_, frame) => bus.render(frame * samplesPerFrame)[0]!,
  );
  return Buffer.concat(frames);
}

function expectProgramLoudness({ integratedLufs }: MeasuredLoudness): void {
  expect(Math.abs(integratedLufs + 18)).toBeLessThan(2);
}

describe('the program before the encoder, as FFmpeg measures it', () => {
  it.each([-35, -28, -20, -12])('is at -18 +-2 LUFS for one speaker of %d dBFS', async (db) => {
    const loudness = await pcmLoudness(pcmOf([speechLike(db)], 30));
    expectProgramLoudness(loudness);
    expect(loudness.truePeakDb).toBeLessThanOrEqual(-1.5);
  });

  it.each([-35, -12])('is at -18 +-2 LUFS for a tone of %d dBFS', async (db) => {
    expectProgramLoudness(await pcmLoudness(pcmOf([sineDb(440, db)], 30)));
  });

  it('is at -18 +-2 LUFS for three who talk at once all the time', async () => {
    const voices = [speechLike(-35, 1), speechLike(-22, 2), speechLike(-12, 3)];
    const loudness = await pcmLoudness(
      pcmOf(
        voices.map((voice, index) => (at) => voice(at + index * 20_000)),
        30,
      ),
    );
    expectProgramLoudness(loudness);
    expect(loudness.truePeakDb).toBeLessThanOrEqual(-1.5);
  });

  it('has a true peak of at most -1.5 dBTP with twelve full-scale tones', async () => {
    const tones = Array.from({ length: 12 }, (_, index) => sineDb(300 + 770 * index, 0));
    expect((await pcmLoudness(pcmOf(tones, 5))).truePeakDb).toBeLessThanOrEqual(-1.5);
  });
});

describe('LoudnessMeter', () => {
  const sec = 48_000;
  it.each<[string, Voice]>([
    ['a tone of 60 Hz', sineDb(60, -20)],
    ['a tone of 3 kHz', sineDb(3000, -20)],
    ['a tone of 12 kHz', sineDb(12_000, -20)],
    ['speech-like noise', speechLike(-23)],
  ])('measures %s as FFmpeg does, within 0.15 LU', async (_name, voice) => {
    const samples = stereo(voice, 3 * sec);
    const meter = new LoudnessMeter();
    meter.push(samples);
    const bytes = new Uint8Array(Int16Array.from(samples, (sample) => Math.round(sample * 32_767)).buffer);
    const { integratedLufs } = await pcmLoudness(bytes);
    expect(Math.abs(meter.shortTermLufs(-70) - integratedLufs)).toBeLessThan(0.15);
  });
});

/** Three people of very different loudness speak by turns, 6 s each; an interpreter speaks during the second turn. */
describe('a program with an interpreted channel, as its viewers get it', () => {
  const turnSec = 6;
  const during = (turn: number, voice: Voice): Voice => {
    const from = turn * turnSec * 48_000;
    return (index) => (index >= from && index < from + turnSec * 48_000 ? voice(index) : 0);
  };
  const turnOf = { quiet: 0, loud: 1, tone: 2 } as const;
  const silentFromSec = 3 * turnSec;
  const endSec = silentFromSec + 2;
  const floorHz = 440;
  const germanHz = 1100;
  const colour = { r: 0, g: 0, b: 0 };
  const content = (voice: Voice): SyntheticContent => ({ colour, toneHz: 1, amplitude: 0, voice });
  const contents = new Map<string, SyntheticContent>([
    ['quiet', content(during(turnOf.quiet, speechLike(-35)))],
    ['loud', content(during(turnOf.loud, speechLike(-12, 2)))],
    // Sounds on while muted from `silentFromSec` on.
    ['tone', content((index) => (index < 2 * turnSec * 48_000 ? 0 : sineDb(floorHz, -22)(index)))],
    ['german', content(during(turnOf.loud, sineDb(germanHz, -22)))],
  ]);
  const log = new EventLog();

  beforeAll(async () => {
    const clock = new FakeClock();
    const size = { width: 320, height: 176 };
    const run = createMixerRun({
      options: testRunOptions({
        canvas: { ...size, frameRate: framesPerSec },
        video: [{ renditionId: 'video-176p', ...size, bitsPerSec: 100_000 }],
        audio: [
          { renditionId: 'audio-main', bitsPerSec: 96_000, channelId: 'main' },
          { renditionId: 'audio-de', bitsPerSec: 96_000, channelId: 'de' },
        ],
      }),
      clock,
      logger: silentLogger,
      emit: log.push,
      createSourceBank: (options) => new SyntheticSourceBank(options, contents),
    });
    await run.start();
    const codec = {
      kind: 'audio',
      content: 'microphone',
      codec: 'opus',
      clockRateHz: 48_000,
      payloadType: 111,
    } as const;
    [...contents.keys()].forEach((participantId, ssrc) =>
      run.handle({
        type: 'addSource',
        source: { ...codec, sourceId: `${participantId}-microphone`, participantId, ssrc },
      }),
    );
    const participants = [person('quiet'), person('loud'), person('tone'), person('german', { audioChannelId: 'de' })];
    run.handle({ type: 'setParticipants', participants });
    const videoFragmentCount = () =>
      log.of('fragment').filter(({ renditionId }) => renditionId === 'video-176p').length;
    for (let frame = 1; frame < endSec * framesPerSec; frame++) {
      if (frame === turnSec * framesPerSec) run.handle({ type: 'setSpeaker', participantId: 'german' });
      if (frame === silentFromSec * framesPerSec) {
        const muted = participants.map((participant) => ({ ...participant, isMicrophoneOn: false }));
        run.handle({ type: 'setParticipants', participants: muted });
      }
      clock.advance(Math.ceil((frame * 1000) / framesPerSec) - clock.nowMs());
      await log.until(`fragment for frame ${frame}`, () => videoFragmentCount() > frame - 30);
    }
    await run.stop('end of the script');
  }, 60_000);

  it('has both channels at -18 +-2 LUFS', async () => {
    for (const renditionId of ['audio-main', 'audio-de'])
      expectProgramLoudness(await mp4Loudness(log.media(renditionId)));
  });

  it('has every speaker within 2.5 LU of -18 once their first words were heard', async () => {
    for (const turn of Object.values(turnOf)) {
      const part = { fromSec: turn * turnSec + 2.5, toSec: (turn + 1) * turnSec };
      const { integratedLufs } = await mp4Loudness(log.media('audio-main'), part);
      expect(Math.abs(integratedLufs + 18), `turn ${turn}`).toBeLessThan(2.5);
    }
  });

  it('has the interpreter on their channel only, over the floor at about -15 dB', async () => {
    const span = async (renditionId: string, fromSec: number, toSec: number) =>
      (await decodeAudio(log.media(renditionId))).subarray(1024).subarray(fromSec * 48_000, toSec * 48_000);
    const [main, german] = await Promise.all(
      ['audio-main', 'audio-de'].map((id) => span(id, turnSec + 2, 2 * turnSec)),
    );
    expect(toneLevelDb(german!, germanHz)).toBeGreaterThan(-20);
    // What is left of it there is the noise of the floor's speaker.
    expect(toneLevelDb(main!, germanHz)).toBeLessThan(-50);
    const [floorAfter, floorMain] = await Promise.all(
      ['audio-de', 'audio-main'].map((id) => span(id, 2 * turnSec + 5, 3 * turnSec)),
    );
    expect(Math.abs(toneLevelDb(floorAfter!, floorHz) - toneLevelDb(floorMain!, floorHz))).toBeLessThan(0.5);
    expect(toneLevelDb(await span('audio-de', 2 * turnSec + 0.5, 2 * turnSec + 2), floorHz)).toBeLessThan(
      toneLevelDb(await span('audio-main', 2 * turnSec + 0.5, 2 * turnSec + 2), floorHz) - 13,
    );
  });

  it('never shows the interpreter, whoever is said to speak', () => {
    const shownIds = log.of('spotlightChanged').map(({ participantId }) => participantId);
    expect(shownIds.length).toBeGreaterThan(0);
    expect(shownIds).not.toContain('german');
  });

  it('is below -90 dBFS in AAC while everybody is muted', async () => {
    for (const renditionId of ['audio-main', 'audio-de']) {
      const samples = await decodeAudio(log.media(renditionId));
      const muted = samples.subarray(1024 + (silentFromSec + 0.2) * 48_000, 1024 + (endSec - 0.2) * 48_000);
      const peak = muted.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0);
      expect(20 * Math.log10(Math.max(1e-9, peak))).toBeLessThan(-90);
    }
  });

  it('stays below -1 dBTP after AAC', async () => {
    for (const renditionId of ['audio-main', 'audio-de']) {
      expect((await mp4Loudness(log.media(renditionId))).truePeakDb).toBeLessThan(-1);
    }
  });
});
