/** Changes an event step by step: each time waits until a viewer sees and hears the change, and notes the phase for the recording's judge. */
import { type KnownPerson, type ProgramPhase, type ProgramView } from './recording-judge/index.ts';
import { type Viewer } from './viewer-page.ts';
import { waitFor, wholePathDeadlineMs } from './wait-for.ts';

/** A tone of amplitude 0.25 through Opus, the mixer and AAC lies near -18 dBFS. */
const heardDb = -35;
const silentDb = -60;
/** Program time that the viewer plays of each phase before the next begins, so that there is something to judge. */
const phaseMs = 2000;

export class ProgramWatch {
  readonly phases: ProgramPhase[] = [];
  readonly #viewer: Viewer;
  readonly #people: readonly KnownPerson[];
  #running: Omit<ProgramPhase, 'toWallMs'> | undefined;

  constructor(viewer: Viewer, people: readonly KnownPerson[]) {
    this.#viewer = viewer;
    this.#people = people;
  }

  /** Resolves when the viewer has seen and heard `view` for a while, in a program of after the act. */
  async change(what: string, view: ProgramView, act: () => Promise<unknown> = async () => undefined): Promise<void> {
    this.end();
    await act();
    const fromWallMs = await this.#shows(what, view, Date.now());
    this.#running = { what, view, fromWallMs };
    await this.#playsUntil(fromWallMs + phaseMs);
  }

  /** From now on nothing is promised about the program. */
  end(): void {
    if (this.#running !== undefined) this.phases.push({ ...this.#running, toWallMs: Date.now() });
    this.#running = undefined;
  }

  /** @returns a program time at which all of it was seen and heard */
  async #shows(what: string, view: ProgramView, afterWallMs: number): Promise<number> {
    return waitFor(
      `the viewer to see and hear: ${what}`,
      async () => {
        const beforeMs = (await this.#viewer.debug()).programWallMs;
        // What was on its way before the act may look the same.
        if (beforeMs === null || beforeMs <= afterWallMs) throw new Error('plays what was before');
        const complaint = (await this.#pictureComplaint(view)) ?? (await this.#soundComplaint(view));
        const { programWallMs, errors, ...debug } = await this.#viewer.debug();
        if (complaint === undefined && programWallMs !== null) return programWallMs;
        throw new Error(`${complaint}; viewer ${JSON.stringify({ ...debug, errors: errors.slice(-3) })}`);
      },
      { deadlineMs: wholePathDeadlineMs },
    );
  }

  async #playsUntil(wallMs: number): Promise<void> {
    const isThere = async () => ((await this.#viewer.debug()).programWallMs ?? 0) > wallMs;
    await waitFor('the viewer to play on', isThere, { deadlineMs: wholePathDeadlineMs });
  }

  async #pictureComplaint(view: ProgramView): Promise<string | undefined> {
    const large = await this.#viewer.tile(view.small === 'nobody' ? 'alone' : 'stage');
    if (large === undefined) return 'nobody is large';
    if (view.large !== undefined && view.large.identity !== large.identity) return `${large.identity} is large`;
    const small = await this.#viewer.tile('thumbnail');
    if (view.small === 'avatar' || view.small === 'nobody') {
      return small === undefined ? undefined : `${small.identity} is small`;
    }
    if (small === undefined) return 'nobody is small';
    return view.small === undefined || view.small.identity === small.identity
      ? undefined
      : `${small.identity} is small`;
  }

  async #soundComplaint(view: ProgramView): Promise<string | undefined> {
    for (const person of this.#people) {
      const levelDb = await this.#viewer.toneDb(person.toneHz);
      const isRight = view.heard.includes(person) ? levelDb > heardDb : levelDb < silentDb;
      if (!isRight) return `${person.name} is at ${levelDb.toFixed(1)} dBFS`;
    }
    return undefined;
  }
}
