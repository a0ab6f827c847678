/** Judges the recording of a two-person event by its content, from the first second to the last. */
import { type RecordingManifest } from '../../../src/recording/finishing/manifest.ts';
import { decodeLuma, decodeSamples } from '../decode-media.ts';
import { judgePictures } from './judge-pictures.ts';
import { judgeSound } from './judge-sound.ts';
import { judgeSpeakers } from './judge-speakers.ts';
import { type KnownPerson, type ProgramPhase } from './program-view.ts';
import { type PictureReading, readPicture } from './read-picture.ts';
import { judgeCoverage, settledSpansOf } from './settled-spans.ts';

export { type KnownPerson, type ProgramPhase, type ProgramView } from './program-view.ts';
export { readPicture } from './read-picture.ts';

export type JudgedManifest = Pick<RecordingManifest, 'durationSec' | 'mediaStartedAtMs' | 'gaps' | 'speakers'>;

export interface Expectation {
  readonly people: readonly KnownPerson[];
  /** Frames of each camera file, which then starts over. */
  readonly frameCount: number;
  readonly phases: readonly ProgramPhase[];
  /** What must lie in phases, of the whole: what happens between them is not judged. 0.3 by default: on a busy machine changes take their time. */
  readonly minCoverage?: number;
}

export interface RecordedContent {
  readonly pictures: readonly PictureReading[];
  /** One channel, 48 kHz; sample n is that of recording time n / 48000, silence where there is a gap. */
  readonly samples: Float32Array;
}

const size = { width: 640, height: 360 };
const picturesPerSec = 10;

/** @param file progressive MP4 whose first picture is recording time 0 */
export async function readRecording(file: string): Promise<RecordedContent> {
  const images = await decodeLuma(file, size, { picturesPerSec });
  return {
    pictures: images.map((image, index) => readPicture(image, index / picturesPerSec)),
    samples: await decodeSamples(file, { fillsGaps: true }),
  };
}

/** @returns everything that is wrong; empty when the recording shows and sounds like the event */
export function judgeRecording(content: RecordedContent, manifest: JudgedManifest, expected: Expectation): string[] {
  const { pictures, samples } = content;
  const spans = settledSpansOf(expected.phases, manifest);
  const last = pictures.at(-1)?.timeSec ?? 0;
  return [
    ...judgeCoverage(spans, manifest.durationSec, expected.minCoverage ?? 0.3),
    ...(Math.abs(last - manifest.durationSec) > 0.3 ? [`pictures until ${last} s of ${manifest.durationSec} s`] : []),
    ...judgePictures(pictures, spans, manifest, expected),
    ...judgeSound(samples, spans, manifest, expected.people),
    ...judgeSpeakers(pictures, manifest, expected.people),
  ];
}
