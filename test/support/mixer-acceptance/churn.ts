/** Everything that happens to a stage, one thing after the other, in an order that a seed fixes. */
import { processTree } from '../processes.ts';
import { type Clip } from './clip.ts';
import { type LiveProgram, type Panelist } from './live-program.ts';

/** `small`, `upright` and `screen` (one picture per second) show the identity of the first of `people`. */
export interface ChurnClips {
  readonly people: readonly Clip[];
  readonly small: Clip;
  readonly upright: Clip;
  readonly screen: Clip;
}

interface Trouble {
  readonly name: string;
  /** Returns what ends it, two or three moments later. */
  readonly begin: (program: LiveProgram, panelist: Panelist, clips: ChurnClips) => () => void;
}

/** Of a mixer process: those below it, found by their arguments. */
function decoderPids(program: LiveProgram): number[] {
  return processTree(program.pid)
    .filter(({ args }) => args.includes('ivf'))
    .map(({ pid }) => pid);
}

export const troubles: readonly Trouble[] = [
  {
    name: 'a decoder is killed',
    begin: (program) => {
      const [pid] = decoderPids(program);
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
      return () => undefined;
    },
  },
  {
    name: 'a decoder is stopped',
    begin: (program) => {
      const pid = decoderPids(program).at(-1);
      if (pid !== undefined) process.kill(pid, 'SIGSTOP');
      return () => undefined;
    },
  },
  {
    name: 'nothing arrives',
    begin: (_, panelist) => {
      panelist.network.faults = { isDown: true };
      return () => (panelist.network.faults = {});
    },
  },
  {
    name: 'loss, jitter and disorder',
    begin: (_, panelist) => {
      panelist.network.faults = { lossRatio: 0.1, delayMs: { min: 50, max: 300 } };
      return () => (panelist.network.faults = {});
    },
  },
  {
    name: 'the camera pauses',
    begin: (_, panelist) => {
      panelist.camera.pause();
      return () => panelist.camera.resume();
    },
  },
  {
    name: 'the microphone sends nothing in silence',
    begin: (_, panelist) => {
      panelist.microphone.pause();
      return () => panelist.microphone.resume();
    },
  },
  {
    name: 'the layer changes and back',
    begin: (_, panelist, clips) => {
      panelist.camera.switchTo(clips.small.videoUnits);
      return () => panelist.camera.switchTo(panelist.clip.videoUnits);
    },
  },
  {
    name: 'the phone is turned',
    begin: (_, panelist, clips) => {
      panelist.camera.switchTo(clips.upright.videoUnits);
      return () => panelist.camera.switchTo(panelist.clip.videoUnits);
    },
  },
  {
    name: 'the camera comes back with another SSRC',
    begin: (program, panelist) => {
      program.replaceCamera(panelist);
      return () => undefined;
    },
  },
  {
    name: 'a screen is shared at one picture per second',
    begin: (program, panelist, clips) => {
      program.replaceCamera(panelist, 'screen', clips.screen);
      return () => program.replaceCamera(panelist);
    },
  },
  {
    name: 'the microphone is muted',
    begin: (program, panelist) => {
      program.change(panelist, { isMicrophoneOn: false });
      return () => program.change(panelist, { isMicrophoneOn: true });
    },
  },
];

/** Stage empty at this one of sixteen moments, full again at the next. */
const emptyMoment = 7;

/**
 * Moment by moment somebody comes or leaves, and the first panelist, whose clips there are in other sizes, gets into
 * trouble; now and then everybody is gone.
 */
export class Churn {
  readonly #program: LiveProgram;
  readonly #clips: ChurnClips;
  readonly #onStage = new Map<number, Panelist>();
  #undo: () => void = () => undefined;
  #momentCount = 0;
  readonly happened: string[] = [];

  constructor(program: LiveProgram, clips: ChurnClips) {
    this.#program = program;
    this.#clips = clips;
  }

  next(): void {
    const count = this.#momentCount++;
    this.#undo();
    this.#undo = () => undefined;
    if (count % 16 === emptyMoment) {
      for (const index of [...this.#onStage.keys()]) this.#leave(index);
      return;
    }
    const { people } = this.#clips;
    if (this.#onStage.size === 0) for (const index of people.keys()) this.#join(index);
    else this.#toggle(1 + (count % (people.length - 1)));
    const trouble = troubles[this.happened.length % troubles.length]!;
    this.happened.push(trouble.name);
    this.#undo = trouble.begin(this.#program, this.#onStage.get(0)!, this.#clips);
    this.#program.speak([...this.#onStage.values()].at(-1)!);
  }

  #toggle(index: number): void {
    if (this.#onStage.has(index)) this.#leave(index);
    else this.#join(index);
  }

  #join(index: number): void {
    this.#onStage.set(index, this.#program.join(this.#clips.people[index]!));
  }

  #leave(index: number): void {
    const panelist = this.#onStage.get(index);
    if (panelist !== undefined) this.#program.leave(panelist);
    this.#onStage.delete(index);
  }
}
