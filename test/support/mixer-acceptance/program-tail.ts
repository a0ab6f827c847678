/** The last seconds of a program, to be judged while it goes on; what is older is only counted. */
import { isSyncSample, parseFragment, parseInitSegment, type InitSegment } from '../../../src/media/fmp4/index.ts';
import { type Media } from '../mixer/judge.ts';
import { type MediaEvent } from './live-program.ts';

/** From a picture group's beginning on, both tracks, with the program time of their first unit in seconds. */
export interface Tail {
  readonly video: Media;
  readonly audio: Media;
  readonly videoFromSec: number;
  readonly audioFromSec: number;
}

interface Unit {
  readonly bytes: Uint8Array;
  readonly startSec: number;
  readonly isSync: boolean;
}

interface Track {
  readonly init: Uint8Array;
  readonly info: InitSegment;
  readonly stepTicks: number;
  readonly units: Unit[];
  nextTicks: number | undefined;
}

/** A picture takes 3000 ticks of 90 kHz, an AAC frame 1024 samples. */
const stepTicksOf = { video: 3000, audio: 1024 } as const;

export class ProgramTail {
  readonly #keepSec: number;
  readonly #tracks = new Map<string, Track>();
  /** Units that did not begin where the one before had ended. */
  breakCount = 0;
  unitCount = 0;

  constructor(keepSec: number) {
    this.#keepSec = keepSec;
  }

  readonly push = (event: MediaEvent): void => {
    if (event.type === 'init') {
      const info = parseInitSegment(event.bytes);
      const track = { init: event.bytes, info, stepTicks: stepTicksOf[info.kind], units: [], nextTicks: undefined };
      this.#tracks.set(event.renditionId, track);
      return;
    }
    const track = this.#tracks.get(event.renditionId);
    if (track === undefined) throw new Error('A fragment came before its init.');
    const { startTicks, samples } = parseFragment(event.bytes, track.info);
    if (track.nextTicks !== undefined && startTicks !== track.nextTicks) this.breakCount++;
    track.nextTicks = startTicks + track.stepTicks;
    this.unitCount++;
    const startSec = startTicks / track.info.timescaleHz;
    track.units.push({ bytes: event.bytes, startSec, isSync: isSyncSample(samples[0]!) });
    while (track.units[0]!.startSec < startSec - this.#keepSec) track.units.shift();
  };

  /** @throws Error when there is no whole picture group yet */
  cut(videoId: string, audioId: string): Tail {
    const [video, audio] = [this.#tracks.get(videoId), this.#tracks.get(audioId)];
    const from = video?.units.findIndex(({ isSync }) => isSync) ?? -1;
    const firstSound = audio?.units[0];
    if (video === undefined || audio === undefined || from === -1 || firstSound === undefined)
      throw new Error('There is no whole picture group yet.');
    return {
      video: { init: video.init, fragments: video.units.slice(from).map(({ bytes }) => bytes) },
      audio: { init: audio.init, fragments: audio.units.map(({ bytes }) => bytes) },
      videoFromSec: video.units[from]!.startSec,
      audioFromSec: firstSound.startSec,
    };
  }
}
