/** A whole program with real encoders in the test's own process: one counted camera, one tone, places given as the app does. */
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { type MixerEvent, type MixerRunOptions } from '../../../src/mixer/ports.ts';
import { type LadderLimits } from '../../../src/mixer/program/ladder-policy.ts';
import { createMixerRun, type MixerRun } from '../../../src/mixer/program/mixer-run.ts';
import { childPids } from './child-pids.ts';
import { CountingSourceBank } from './counting-source-bank.ts';
import { EventLog } from './event-log.ts';
import { type Media } from './judge.ts';
import { testRunOptions } from './run-options.ts';

type RunStarted = Extract<MixerEvent, { type: 'runStarted' }>;

const participantId = 'ada';

/** Where a later run begins: on a frame that is no round number of milliseconds. */
export function startSecOf(runIndex: number): number {
  return 10 + 100 * runIndex + 16 / 30;
}

/** What came between a `runStarted` and the `runEnded` behind it. */
export interface RunUnderTest {
  readonly started: RunStarted;
  readonly endCause: string | undefined;
  media(renditionId: string): Media;
  fragmentCount(renditionId: string): number;
}

export interface ProgramOutlet {
  /** Hears every event, before a lost run is answered. */
  readonly onEvent: (event: MixerEvent) => void;
  /** Media time at which the next run begins; `startSecOf` by default. */
  readonly nextStartSec: () => number;
}

export class ProgramUnderTest {
  readonly log = new EventLog();
  readonly run: MixerRun;
  readonly toneHz = 440;
  readonly #pidsBefore = childPids(process.pid);
  readonly #outlet: ProgramOutlet | undefined;
  #bank: CountingSourceBank | undefined;

  constructor(change: Partial<MixerRunOptions> = {}, ladderLimits?: LadderLimits, outlet?: ProgramOutlet) {
    this.#outlet = outlet;
    this.run = createMixerRun({
      options: testRunOptions(change),
      clock: systemClock,
      logger: silentLogger,
      emit: (event) => this.#onEvent(event),
      createSourceBank: (options) => {
        const content = { colour: { r: 0, g: 0, b: 0 }, toneHz: this.toneHz, amplitude: 0.25 };
        return (this.#bank = new CountingSourceBank(options, new Map([[participantId, content]])));
      },
      ...(ladderLimits && { ladderLimits }),
    });
  }

  get bank(): CountingSourceBank {
    return this.#bank!;
  }

  async start(): Promise<void> {
    const source = { participantId, ssrc: 1, payloadType: 100, clockRateHz: 90_000 };
    const participant = { participantId, displayName: 'Ada', isMicrophoneOn: true, isCameraOn: true };
    this.run.handle({
      type: 'addSource',
      source: { ...source, sourceId: 'camera', kind: 'video', content: 'camera', codec: 'VP8' },
    });
    this.run.handle({
      type: 'addSource',
      source: { ...source, sourceId: 'mic', kind: 'audio', content: 'microphone', codec: 'opus' },
    });
    this.run.handle({ type: 'setParticipants', participants: [participant] });
    await this.run.start();
  }

  /** Process ids of the encoders that live. */
  encoderPids(): number[] {
    return childPids(process.pid).filter((pid) => !this.#pidsBefore.includes(pid));
  }

  get runs(): RunUnderTest[] {
    const starts = this.log.of('runStarted');
    return starts.map((started) => {
      const from = this.log.events.indexOf(started);
      const end = this.log.events.findIndex((event, index) => index > from && event.type === 'runEnded');
      const events = this.log.events.slice(from, end === -1 ? undefined : end);
      const ended = this.log.events[end];
      const fragments = (renditionId: string) =>
        events.filter((event) => event.type === 'fragment').filter((event) => event.renditionId === renditionId);
      return {
        started,
        endCause: ended?.type === 'runEnded' ? ended.cause : undefined,
        media: (renditionId) => {
          const init = events
            .filter((event) => event.type === 'init')
            .find((event) => event.renditionId === renditionId);
          if (init === undefined) throw new Error(`The run has no init of ${renditionId}.`);
          return { init: init.bytes, fragments: fragments(renditionId).map(({ bytes }) => bytes) };
        },
        fragmentCount: (renditionId) => fragments(renditionId).length,
      };
    });
  }

  /** ms of program between the last frame of one run and the first of the next; 0 when nothing is lost. */
  gapMs(runIndex: number, renditionId: string): number {
    const { runs } = this;
    const [before, after] = [runs[runIndex]!, runs[runIndex + 1]!];
    const endMs = before.started.frameZeroWallMs + (before.fragmentCount(renditionId) * 1000) / 30;
    return after.started.frameZeroWallMs - endMs;
  }

  #onEvent(event: MixerEvent): void {
    this.log.push(event);
    this.#outlet?.onEvent(event);
    if (event.type !== 'runEnded') return;
    const runIndex = event.runIndex + 1;
    const startTimeSec = this.#outlet?.nextStartSec() ?? startSecOf(runIndex);
    this.run.handle({ type: 'beginRun', runIndex, startTimeSec });
  }
}
