/** The program of a live webinar as its control sees it: commands in the mixer's words, and the wait until they are seen. */
import { type Clock } from '../../core/clock.ts';
import { type MixerCommand, type MixerEvent } from '../../mixer/index.ts';
import { type LayoutSetting, type ShownProgram } from '../../signaling/protocol/index.ts';
import { appError } from '../errors.ts';
import { layoutRequest, mixerBranding, type BrandingImages, type ProgramSettings } from './settings.ts';

/** What the mixer says about a change. */
export type ProgramNews = Extract<MixerEvent, { type: 'layoutApplied' | 'sceneApplied' | 'brandingApplied' }>;
export type Applied<Type extends ProgramNews['type']> = Extract<ProgramNews, { type: Type }>;
export type ProgramCommand = Extract<MixerCommand, { type: 'setLayout' | 'setScene' | 'setBranding' }>;

export interface ProgramLink {
  readonly canvas: { readonly width: number; readonly height: number };
  send(command: ProgramCommand): void;
}

/** The mixer answers within a second; one whose process was just replaced needs a few. */
export const appliedDeadlineMs = 6000;

interface Waiter {
  take(event: ProgramNews): void;
  fail(error: Error): void;
}

export class LiveProgram {
  readonly #link: ProgramLink;
  readonly #clock: Clock;
  readonly #waiters = new Set<Waiter>();
  #shown: ShownProgram | null = null;
  #isOver = false;

  constructor(link: ProgramLink, clock: Clock) {
    this.#link = link;
    this.#clock = clock;
  }

  /** What viewers see; null until the mixer has said so. */
  get shown(): ShownProgram | null {
    return this.#shown;
  }

  /** Sends a command. @returns its answer @throws PROGRAM_NOT_APPLIED when none came in time, PROGRAM_NOT_LIVE at the end */
  apply<Type extends ProgramNews['type']>(
    command: ProgramCommand,
    expected: { readonly answer: Type; isAnswer(event: Applied<Type>): boolean },
  ): Promise<Applied<Type>> {
    if (this.#isOver) return Promise.reject(appError('PROGRAM_NOT_LIVE'));
    const { promise, resolve, reject } = Promise.withResolvers<Applied<Type>>();
    const take = (event: ProgramNews): void => {
      if (event.type !== expected.answer) return;
      const answer = event as Applied<Type>;
      if (expected.isAnswer(answer)) resolve(answer);
    };
    const waiter: Waiter = { take, fail: reject };
    this.#waiters.add(waiter);
    const timer = this.#clock.schedule(appliedDeadlineMs, () =>
      reject(appError('PROGRAM_NOT_APPLIED', { details: { deadlineMs: appliedDeadlineMs } })),
    );
    const forget = (): void => {
      timer.cancel();
      this.#waiters.delete(waiter);
    };
    promise.then(forget, forget);
    this.#link.send(command);
    return promise;
  }

  handle(event: ProgramNews): void {
    if (event.type === 'layoutApplied') this.#shown = shownProgram(event, this.#link.canvas);
    for (const waiter of [...this.#waiters]) waiter.take(event);
  }

  /** Nothing will be answered any more. Idempotent. */
  end(): void {
    this.#isOver = true;
    for (const waiter of [...this.#waiters]) waiter.fail(appError('PROGRAM_NOT_LIVE'));
  }
}

export function layoutCommand(setting: LayoutSetting, requestId: string): ProgramCommand {
  return { type: 'setLayout', requestId, layout: layoutRequest(setting) };
}

export function sceneCommand({ scene, layout }: ProgramSettings): ProgramCommand {
  return { type: 'setScene', scene, crossfade: layout.crossfade };
}

export function brandingCommand({ branding }: ProgramSettings, images: BrandingImages): ProgramCommand {
  return { type: 'setBranding', branding: mixerBranding(branding, images) };
}

/** Pixels become fractions: pages know no canvas. */
function shownProgram(
  { name, tiles, hiddenCount }: Applied<'layoutApplied'>,
  canvas: ProgramLink['canvas'],
): ShownProgram {
  return {
    name,
    hiddenCount,
    tiles: tiles.map(({ participantId, content, rect }) => ({
      peerId: participantId,
      content,
      x: rect.x / canvas.width,
      y: rect.y / canvas.height,
      width: rect.width / canvas.width,
      height: rect.height / canvas.height,
    })),
  };
}
