/** What goes wrong on a stage, for how long, and when in a round of a minute and a half: mixing.md §6.6, overlapping. */
import path from 'node:path';
import { processTree } from '../processes.ts';
import { type Clip } from './clip.ts';
import { type LiveProgram, type Panelist } from './live-program.ts';

/** `large`, `upright` and `screen` (one picture per second) show the identity of the first of `people`. */
export interface ChurnClips {
  /** 320x180. At least three: two stay, the others come and go. */
  readonly people: readonly Clip[];
  /** 1280x720. */
  readonly large: Clip;
  readonly upright: Clip;
  readonly screen: Clip;
}

export interface Trouble {
  readonly name: string;
  /** Seconds of the round. */
  readonly fromSec: number;
  /** When `end` is called; absent when it needs none. */
  readonly untilSec?: number;
  /** Which of the two who stay. */
  readonly who: 0 | 1;
  readonly begin: (stage: TroubledStage) => void;
  /** `step` seconds after its beginning, again and again until its end. */
  readonly stepSec?: number;
  readonly step?: (stage: TroubledStage, stepIndex: number) => void;
  readonly end?: (stage: TroubledStage) => void;
}

export interface TroubledStage {
  readonly program: LiveProgram;
  readonly panelist: Panelist;
  readonly clips: ChurnClips;
}

/** Whole rounds can follow each other: nothing lasts from one into the next. */
export const roundSec = 90;
/** Everybody is gone from here to the end of the round. */
export const emptyFromSec = 88;

export const layerChange = 'the layer changes between 320x180 and 1280x720 every 3 s';
export const otherSsrc = 'the camera comes back with another SSRC';

export const troubles: readonly Trouble[] = [
  {
    name: layerChange,
    ...{ fromSec: 2, untilSec: 26, stepSec: 3, who: 0 },
    begin: ({ panelist, clips }) => panelist.camera.switchTo(clips.large.videoUnits),
    step: ({ panelist, clips }, index) =>
      panelist.camera.switchTo((index % 2 === 0 ? panelist.clip : clips.large).videoUnits),
    end: showOwnClip,
  },
  {
    name: 'the camera pauses for 60 s',
    ...{ fromSec: 4, untilSec: 64, who: 1 },
    begin: ({ panelist }) => panelist.camera.pause(),
    end: ({ panelist }) => panelist.camera.resume(),
  },
  {
    name: 'the microphone sends nothing in silence',
    ...{ fromSec: 10, untilSec: 20, who: 0 },
    begin: ({ panelist }) => panelist.microphone.pause(),
    end: ({ panelist }) => panelist.microphone.resume(),
  },
  {
    name: 'the phone is turned',
    ...{ fromSec: 28, untilSec: 34, who: 0 },
    begin: ({ panelist, clips }) => panelist.camera.switchTo(clips.upright.videoUnits),
    end: showOwnClip,
  },
  {
    name: 'the microphone is muted',
    ...{ fromSec: 30, untilSec: 35, who: 1 },
    begin: ({ program, panelist }) => program.change(panelist, { isMicrophoneOn: false }),
    end: ({ program, panelist }) => program.change(panelist, { isMicrophoneOn: true }),
  },
  {
    name: otherSsrc,
    ...{ fromSec: 36, who: 0 },
    begin: ({ program, panelist }) => program.replaceCamera(panelist),
  },
  {
    name: 'a decoder is killed',
    ...{ fromSec: 40, who: 0 },
    begin: ({ program }) => signalDecoder(program, 0, 'SIGKILL'),
  },
  {
    name: 'a decoder is stopped',
    ...{ fromSec: 46, who: 0 },
    begin: ({ program }) => signalDecoder(program, -1, 'SIGSTOP'),
  },
  {
    name: 'a screen is shared at one picture per second',
    ...{ fromSec: 54, untilSec: 74, who: 0 },
    begin: ({ program, panelist, clips }) => program.replaceCamera(panelist, 'screen', clips.screen),
    end: ({ program, panelist }) => program.replaceCamera(panelist),
  },
  {
    name: 'nothing arrives for 10 s',
    ...{ fromSec: 66, untilSec: 76, who: 1 },
    begin: ({ panelist }) => (panelist.network.faults = { isDown: true }),
    end: ({ panelist }) => (panelist.network.faults = {}),
  },
  {
    name: "a panelist's process is stopped",
    ...{ fromSec: 77, untilSec: 81, who: 0 },
    begin: ({ panelist }) => {
      panelist.camera.pause();
      panelist.microphone.pause();
    },
    end: ({ panelist }) => {
      panelist.camera.resume();
      panelist.microphone.resume();
    },
  },
  {
    name: 'loss, jitter and disorder',
    ...{ fromSec: 78, untilSec: 86, who: 1 },
    begin: ({ panelist }) => (panelist.network.faults = { lossRatio: 0.1, delayMs: { min: 50, max: 300 } }),
    end: ({ panelist }) => (panelist.network.faults = {}),
  },
];

function showOwnClip({ panelist }: TroubledStage): void {
  panelist.camera.switchTo(panelist.clip.videoUnits);
}

/** @param position among the decoders of the mixer, which are told by their arguments; negative from the end. */
function signalDecoder(program: LiveProgram, position: number, signal: 'SIGKILL' | 'SIGSTOP'): void {
  const decoders = processTree(program.pid).filter(
    ({ args }) => path.basename(args[0] ?? '') === 'ffmpeg' && args.includes('ivf'),
  );
  const pid = decoders.at(position)?.pid;
  if (pid === undefined) throw new Error('There is no decoder to trouble.');
  process.kill(pid, signal);
}
