/** How far picture and sound of one panelist are apart in the program, by what their clip had at the same instant. */
import { decodeAudio } from '../mixer/judge.ts';
import { judgePictures } from './judge.ts';
import { type LiveProgram, type Panelist } from './live-program.ts';
import { opusPacketMs } from './clip.ts';
import { type Tail } from './program-tail.ts';

/** Opus gives a sample back this much later than it took it: 312 samples of look-ahead at 48 kHz. */
const opusDelayMs = 6.5;
const sampleRateHz = 48_000;
const windowSamples = 480;
const stepSamples = 48;

/**
 * Picture after sound in ms, one value per beep (positive: the picture is late). The clip's tone begins with each second;
 * what was captured when is known from the sender.
 */
export async function measureSkew(tail: Tail, program: LiveProgram, panelist: Panelist): Promise<number[]> {
  const { startTimeSec } = program.log.of('runStarted').at(-1)!;
  const wallMsOf = (mediaSec: number) => program.wallMsOf(mediaSec);
  const firstFrame = Math.round((tail.videoFromSec - startTimeSec) * 30);
  const sinceRun = program.log.events.findLastIndex(({ type }) => type === 'runStarted');
  const layouts = program.log.events
    .slice(sinceRun)
    .filter((event) => event.type === 'layoutApplied')
    .map((layout) => ({ ...layout, frameIndex: layout.frameIndex - firstFrame }));
  const frames = await judgePictures(tail.video, layouts);
  const pictureDelaysMs = frames.flatMap(({ index, tiles }, position) => {
    const counterIn = (at: number) =>
      frames[at]?.tiles.find(({ identity }) => identity === panelist.clip.identity)?.counter;
    const counter = tiles.find(({ identity }) => identity === panelist.clip.identity)?.counter;
    // Shown for the first time: a picture that is held says nothing.
    if (counter === undefined || counter === counterIn(position - 1)) return [];
    const capturedMs = panelist.camera.capturedWallMs(counter);
    return capturedMs === undefined ? [] : [wallMsOf(tail.videoFromSec + index / 30) - capturedMs];
  });
  const pictureDelayMs = median(pictureDelaysMs);
  if (pictureDelayMs === undefined) return [];
  const samples = await decodeAudio(tail.audio);
  return onsets(samples).flatMap((sample) => {
    const heardMs = wallMsOf(tail.audioFromSec + sample / sampleRateHz);
    const soundDelaysMs = panelist.clip.audioUnits.flatMap((_, unit) => {
      const capturedMs = (unit * opusPacketMs) % 1000 === 0 ? panelist.microphone.capturedWallMs(unit) : undefined;
      return capturedMs === undefined ? [] : [heardMs - capturedMs - opusDelayMs];
    });
    const soundDelayMs = soundDelaysMs.toSorted(
      (a, b) => Math.abs(a - pictureDelayMs) - Math.abs(b - pictureDelayMs),
    )[0];
    // Something else that begins to sound is not the beep.
    if (soundDelayMs === undefined || Math.abs(soundDelayMs - pictureDelayMs) > 250) return [];
    return [pictureDelayMs - soundDelayMs];
  });

  /** Samples at which the panelist's tone begins after at least 300 ms without it. */
  function onsets(all: Float32Array): number[] {
    const windowCount = Math.floor((all.length - windowSamples) / stepSamples);
    const levels = Array.from({ length: Math.max(0, windowCount) }, (_, index) =>
      toneAmplitude(all.subarray(index * stepSamples, index * stepSamples + windowSamples), panelist.clip.toneHz),
    );
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

/** Of one frequency in a short span, 0..1, behind a Hann window: others of the stage leak far less into it. */
function toneAmplitude(samples: Float32Array, frequencyHz: number): number {
  let [real, imaginary] = [0, 0];
  samples.forEach((sample, index) => {
    const angle = (2 * Math.PI * frequencyHz * index) / sampleRateHz;
    const weight = 1 - Math.cos((2 * Math.PI * index) / samples.length);
    real += sample * weight * Math.cos(angle);
    imaginary += sample * weight * Math.sin(angle);
  });
  return (2 * Math.hypot(real, imaginary)) / samples.length;
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
