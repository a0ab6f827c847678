/** How far picture and sound of one panelist are apart in the program, by what their clip had at the same instant. */
import { windowedTone } from '../av-sync/windowed-tone.ts';
import { decodeAudio } from '../mixer/judge.ts';
import { judgePictures } from './judge.ts';
import { type LiveProgram, type Panelist, playoutDelayMs } from './live-program.ts';
import { opusPacketMs } from './clip.ts';
import { type Tail } from './program-tail.ts';

/** Opus gives a sample back this much later than it took it: 312 samples of look-ahead at 48 kHz. */
const opusDelayMs = 6.5;
const sampleRateHz = 48_000;
const windowSamples = 480;
const stepSamples = 48;

export interface SyncReading {
  /** Picture after sound in ms, one value per beep (positive: the picture is late). */
  readonly skewsMs: readonly number[];
  /** Capture to program of each picture shown, in ms, the first time it was. */
  readonly pictureDelaysMs: readonly number[];
  /** Beeps that were heard, those with no picture beside them included. */
  readonly beepCount: number;
}

/** A beep whose picture was not shown has one of these at most this far from it beside it, or none. */
const nearestPictureMs = 40;
/** Beyond it what begins to sound is not the beep. */
const maxSkewMs = 250;

interface ShownPicture {
  readonly capturedMs: number;
  readonly delayMs: number;
}

/**
 * Judges each beep by itself: the clip's tone begins with each second, and the picture captured at that instant is the one
 * beside it. What was captured when is known from the sender.
 */
export async function measureSync(tail: Tail, program: LiveProgram, panelist: Panelist): Promise<SyncReading> {
  const pictures = await shownPictures();
  const pictureDelaysMs = pictures.map(({ delayMs }) => delayMs);
  const samples = await decodeAudio(tail.audio);
  const beeps = onsets(samples).flatMap((sample) => {
    const heardMs = program.wallMsOf(tail.audioFromSec + sample / sampleRateHz);
    const capturedMs = beepCapturedMs(heardMs);
    return capturedMs === undefined ? [] : [{ capturedMs, delayMs: heardMs - capturedMs - opusDelayMs }];
  });
  const skewsMs = beeps.flatMap(({ capturedMs, delayMs }) => {
    const distanceMs = (picture: ShownPicture): number => Math.abs(picture.capturedMs - capturedMs);
    const nearest = pictures.toSorted((a, b) => distanceMs(a) - distanceMs(b))[0];
    return nearest === undefined || distanceMs(nearest) > nearestPictureMs ? [] : [nearest.delayMs - delayMs];
  });
  return { skewsMs, pictureDelaysMs, beepCount: beeps.length };

  /** Capture of the beep that is heard then; undefined when it is none. */
  function beepCapturedMs(heardMs: number): number | undefined {
    const captures = panelist.clip.audioUnits.flatMap((_, unit) => {
      if ((unit * opusPacketMs) % 1000 !== 0) return [];
      const atMs = panelist.microphone.capturedWallMs(unit, heardMs);
      return atMs !== undefined && Math.abs(heardMs - atMs - opusDelayMs - playoutDelayMs) <= maxSkewMs ? [atMs] : [];
    });
    return captures[0];
  }

  /** A picture that is held says nothing after its first time. */
  async function shownPictures(): Promise<ShownPicture[]> {
    const { startTimeSec } = program.log.of('runStarted').at(-1)!;
    const firstFrame = Math.round((tail.videoFromSec - startTimeSec) * 30);
    const sinceRun = program.log.events.findLastIndex(({ type }) => type === 'runStarted');
    const layouts = program.log.events
      .slice(sinceRun)
      .filter((event) => event.type === 'layoutApplied')
      .map((layout) => ({ ...layout, frameIndex: layout.frameIndex - firstFrame }));
    const frames = await judgePictures(tail.video, layouts);
    const counterIn = (at: number) =>
      frames[at]?.tiles.find(({ identity }) => identity === panelist.clip.identity)?.counter;
    return frames.flatMap(({ index }, position) => {
      const counter = counterIn(position);
      if (counter === undefined || position === 0 || counter === counterIn(position - 1)) return [];
      const shownMs = program.wallMsOf(tail.videoFromSec + index / 30);
      const capturedMs = panelist.camera.capturedWallMs(counter, shownMs);
      return capturedMs === undefined ? [] : [{ capturedMs, delayMs: shownMs - capturedMs }];
    });
  }

  /** Samples at which the panelist's tone begins after at least 300 ms without it. */
  function onsets(all: Float32Array): number[] {
    const levelAt = (from: number) =>
      windowedTone(all.subarray(from, from + windowSamples), panelist.clip.toneHz).level;
    const windowCount = Math.floor((all.length - windowSamples) / stepSamples);
    const levels = Array.from({ length: Math.max(0, windowCount) }, (_, index) => levelAt(index * stepSamples));
    // Half in the tone, half before it: then the window's middle is where it begins.
    const threshold = Math.max(0.005, ...levels) / 2;
    const quietSteps = (0.3 * sampleRateHz) / stepSamples;
    let quietCount = 0;
    return levels.flatMap((level, index) => {
      const isOnset = level >= threshold && quietCount >= quietSteps;
      quietCount = level >= threshold ? 0 : quietCount + 1;
      return isOnset ? [index * stepSamples + windowSamples / 2] : [];
    });
  }
}
