/** Everything that happens to a stage, one thing after the other, in an order that a seed fixes. */
import { processTree } from '../processes.ts';
import { type Clip } from './clip.ts';
import { type LiveProgram, type Panelist } from './live-program.ts';

/** The same panelist as a camera of another size, upright, and as a shared screen of one picture per second. */
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

/** One moment of churn: somebody leaves or comes, somebody else is troubled, now and then everybody is gone. */
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

  get onStage(): readonly Panelist[] {
    return [...this.#onStage.values()];
  }

  next(): void {
    const count = this.#momentCount++;
    this.#undo();
    this.#undo = () => undefined;
    // Every sixteenth moment the stage is empty, and at the next one full again.
    if (count % 16 === 15) {
      for (const index of [...this.#onStage.keys()]) this.#leave(index);
      return;
    }
    const { people } = this.#clips;
    if (this.#onStage.size === 0) for (const index of people.keys()) this.#join(index);
    else this.#toggle(count % people.length);
    const [troubled] = this.onStage;
    if (troubled === undefined) return;
    const trouble = troubles[count % troubles.length]!;
    this.happened.push(trouble.name);
    this.#undo = trouble.begin(this.#program, troubled, this.#clips);
    this.#program.speak(this.onStage.at(-1)!);
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
