/** Stands between the program and its sink: a recorder that throws must not stop what viewers see. */
import { type Logger } from '../../core/logger.ts';
import {
  type ClosedInit,
  type ClosedPart,
  type ClosedSegment,
  type ProgramRun,
  type ProgramSink,
  type TakenFragment,
} from '../ports.ts';

export class SinkGuard implements ProgramSink {
  readonly #sink: ProgramSink | undefined;
  readonly #logger: Logger;

  constructor(sink: ProgramSink | undefined, logger: Logger) {
    this.#sink = sink;
    this.#logger = logger;
  }

  runBegan(run: Required<ProgramRun>): void {
    this.#guard(() => this.#sink?.runBegan(run));
  }

  initClosed(init: ClosedInit): void {
    this.#guard(() => this.#sink?.initClosed(init));
  }

  fragmentTaken(fragment: TakenFragment): void {
    this.#guard(() => this.#sink?.fragmentTaken(fragment));
  }

  partClosed(part: ClosedPart): void {
    this.#guard(() => this.#sink?.partClosed(part));
  }

  segmentClosed(segment: ClosedSegment): void {
    this.#guard(() => this.#sink?.segmentClosed(segment));
  }

  programEnded(): void {
    this.#guard(() => this.#sink?.programEnded());
  }

  #guard(deliver: () => void): void {
    try {
      deliver();
    } catch (error) {
      this.#logger.error({ error }, 'Program sink failed');
    }
  }
}
