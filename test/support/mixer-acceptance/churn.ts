/** Everything that happens to a stage, several things at a time, in an order that is always the same. */
import { type LiveProgram, type Panelist } from './live-program.ts';
import { type ChurnClips, emptyFromSec, roundSec, type Trouble, troubles } from './troubles.ts';

/** Somebody comes or leaves this often. */
export const momentSec = 2;

export interface Happening {
  readonly name: string;
  /** `step` is a further change within the trouble. */
  readonly phase: 'begin' | 'step' | 'end';
  readonly participantId: string;
  /** Of the program, as the wall clock says. */
  readonly atFrame: number;
}

/**
 * Two panelists stay and get into trouble; of the others one comes or leaves every two seconds, every other one of them
 * without a word: nothing arrives for two seconds, as when their process is killed, and then they are gone. At the end of each
 * round everybody leaves.
 */
export class Churn {
  readonly #program: LiveProgram;
  readonly #clips: ChurnClips;
  readonly #onStage = new Map<number, Panelist>();
  readonly #running = new Set<Trouble>();
  #second = 0;
  #leaveCount = 0;
  readonly happened: Happening[] = [];
  /** Times somebody came or left. */
  toggleCount = 0;

  constructor(program: LiveProgram, clips: ChurnClips) {
    this.#program = program;
    this.#clips = clips;
  }

  /** To be called once per second. */
  next(): void {
    const second = this.#second++;
    const inRound = second % roundSec;
    if (inRound === 0) for (const index of this.#clips.people.keys()) this.#join(index);
    if (inRound === emptyFromSec) this.#empty();
    if (inRound >= emptyFromSec) return;
    if (inRound > 0 && inRound % momentSec === 0) this.#toggle(second / momentSec);
    for (const trouble of troubles) this.#advance(trouble, inRound);
  }

  #advance(trouble: Trouble, inRound: number): void {
    const { fromSec, untilSec, stepSec } = trouble;
    if (inRound === fromSec) {
      this.#happen(trouble, 'begin');
      if (untilSec !== undefined) this.#running.add(trouble);
    } else if (inRound === untilSec) {
      this.#end(trouble);
    } else if (stepSec !== undefined && this.#running.has(trouble) && (inRound - fromSec) % stepSec === 0) {
      this.#happen(trouble, 'step', (inRound - fromSec) / stepSec - 1);
    }
  }

  #end(trouble: Trouble): void {
    this.#running.delete(trouble);
    this.#happen(trouble, 'end');
  }

  #happen(trouble: Trouble, phase: Happening['phase'], stepIndex = 0): void {
    const panelist = this.#onStage.get(trouble.who)!;
    const stage = { program: this.#program, panelist, clips: this.#clips };
    if (phase === 'step') trouble.step?.(stage, stepIndex);
    else trouble[phase]?.(stage);
    const atFrame = this.#program.frameNow();
    this.happened.push({ name: trouble.name, phase, participantId: panelist.id, atFrame });
  }

  /** One of those who come and go: in turn. */
  #toggle(moment: number): void {
    for (const [index, panelist] of this.#onStage) if (panelist.network.faults.isDown && index > 1) this.#leave(index);
    const index = 2 + (moment % (this.#clips.people.length - 2));
    this.toggleCount++;
    const panelist = this.#onStage.get(index);
    if (panelist === undefined) this.#program.speak(this.#join(index));
    else if (this.#leaveCount++ % 2 === 0) this.#leave(index);
    else panelist.network.faults = { isDown: true };
  }

  #empty(): void {
    for (const trouble of [...this.#running]) this.#end(trouble);
    for (const index of [...this.#onStage.keys()]) this.#leave(index);
  }

  #join(index: number): Panelist {
    const panelist = this.#program.join(this.#clips.people[index]!);
    this.#onStage.set(index, panelist);
    return panelist;
  }

  #leave(index: number): void {
    const panelist = this.#onStage.get(index);
    if (panelist !== undefined) this.#program.leave(panelist);
    this.#onStage.delete(index);
  }
}
