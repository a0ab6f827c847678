/** What viewers hear at the extremes: twelve at full scale, and everybody who comes, goes, mutes and unmutes in mid-tone. Decoded from AAC. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Media, decodeAudio } from '../../support/mixer/judge.ts';
import { mp4Loudness } from '../../support/mixer/loudness.ts';
import { type Moment, person, type PlayedProgram, playProgram, sourceOf } from '../../support/mixer/play-program.ts';
import { sineDb, speechLike, type Voice } from '../../support/mixer/sound.ts';
import { type SyntheticContent } from '../../support/mixer/synthetic-source-bank.ts';

const framesPerSec = 30;
const size = { width: 320, height: 176 };
const options = {
  canvas: { ...size, frameRate: framesPerSec },
  video: [{ renditionId: 'video-176p', ...size, bitsPerSec: 100_000 }],
};
const content = (voice: Voice): SyntheticContent => ({ colour: { r: 0, g: 0, b: 0 }, toneHz: 1, amplitude: 0, voice });
const heard = (id: string, isMicrophoneOn = true) => person(id, { isCameraOn: false, isMicrophoneOn });

/** Everybody is connected from the start; who is on stage is what the moments say. */
async function play(voices: ReadonlyMap<string, Voice>, script: readonly Moment[], sec: number): Promise<Media> {
  const connect = ({ run }: PlayedProgram) => {
    for (const id of voices.keys()) run.handle({ type: 'addSource', source: sourceOf(id, 'microphone') });
  };
  const contents = new Map([...voices].map(([id, voice]) => [id, content(voice)]));
  const moments = [{ frame: 1, act: connect }, ...script];
  const { log } = await playProgram(contents, moments, sec * framesPerSec, options);
  return log.media('audio-main');
}

describe('twelve at full scale', () => {
  it.each([
    ['pure tones', (index: number) => sineDb(300 + 270 * index, 0)],
    [
      'tones that begin together each half second',
      (index: number): Voice => {
        const tone = sineDb(250 + 190 * index, 0);
        return (at) => (at % 24_000 < 12_000 ? tone(at % 24_000) : 0);
      },
    ],
    ['voices far too loud', (index: number) => speechLike(-3, index + 1)],
  ])('%s: stays below -1 dBTP as viewers decode it', async (_name, voiceOf) => {
    const voices = new Map(Array.from({ length: 12 }, (_, index) => [`p${index}`, voiceOf(index)] as const));
    const join: Moment = {
      frame: 1,
      act: ({ run }) =>
        run.handle({ type: 'setParticipants', participants: [...voices.keys()].map((id) => heard(id)) }),
    };
    const { truePeakDb, integratedLufs } = await mp4Loudness(await play(voices, [join], 8));
    console.log(`${truePeakDb} dBTP, ${integratedLufs} LUFS`);
    expect(integratedLufs).toBeGreaterThan(-30);
    expect(truePeakDb).toBeLessThan(-1);
  });
});

describe('in mid-tone', () => {
  const switches = [
    { name: 'mute', sec: 4, participants: [heard('ann', false)] },
    { name: 'unmute', sec: 5, participants: [heard('ann')] },
    { name: 'join', sec: 6.5, participants: [heard('ann'), heard('bob')] },
    { name: 'leave', sec: 8, participants: [heard('ann')] },
    { name: 'leave of the last', sec: 9.5, participants: [] },
  ] as const;
  /** Somebody who breaks off at the top of their tone, as if they had been switched without a fade. */
  const brokenOffSec = 12;
  let samples: Float32Array;

  beforeAll(async () => {
    const [annHz, bobHz, cyHz] = [330, 470, 300];
    const cutAt = brokenOffSec * 48_000 + 48_000 / cyHz / 4;
    const voices = new Map<string, Voice>([
      ['ann', sineDb(annHz, -12)],
      ['bob', sineDb(bobHz, -12)],
      ['cy', (at) => (at < cutAt ? sineDb(cyHz, -12)(at) : 0)],
    ]);
    const tell = (sec: number, participants: readonly ReturnType<typeof heard>[]): Moment => ({
      frame: Math.round(sec * framesPerSec),
      act: ({ run }) => run.handle({ type: 'setParticipants', participants }),
    });
    const script = [
      tell(0.1, [heard('ann')]),
      ...switches.map(({ sec, participants }) => tell(sec, participants)),
      tell(10.5, [heard('cy')]),
    ];
    // One AAC frame of priming comes first.
    samples = (await decodeAudio(await play(voices, script, 13))).subarray(1024);
  }, 120_000);

  /** The largest step from sample to sample in a span, 1 is full scale. */
  const steepest = (fromSec: number, toSec: number): number => {
    let largest = 0;
    for (let at = Math.round(fromSec * 48_000); at < toSec * 48_000; at++)
      largest = Math.max(largest, Math.abs(samples[at]! - samples[at - 1]!));
    return largest;
  };
  /** Steepness around a moment as a multiple of what the tones before and after it have by themselves. */
  const clickRatio = (sec: number): number =>
    steepest(sec - 0.1, sec + 0.15) / Math.max(steepest(sec - 0.6, sec - 0.2), steepest(sec + 0.25, sec + 0.6));

  it.each(switches)('$name makes no click', ({ name, sec }) => {
    const ratio = clickRatio(sec);
    console.log(`${name}: ${ratio.toFixed(2)} times the tone's own steepness`);
    expect(ratio).toBeLessThan(1.3);
  });

  it('which would be seen here: a tone that breaks off is many times as steep', () => {
    expect(clickRatio(brokenOffSec)).toBeGreaterThan(3);
  });
});
