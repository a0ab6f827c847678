/** What the supervisor needs of a child process and of the program's timeline; src/app provides both. */
import { type MixerCommand, type MixerEvent } from '../ports.ts';

/** One child process as its launcher hands it over. */
export interface MixerProcess {
  send(command: MixerCommand): void;
  onEvent(listener: (event: MixerEvent) => void): void;
  /** Called once, after the last event was delivered; also when the process could not be started. */
  onExit(listener: (cause: string) => void): void;
  /** SIGKILL; no effect on a process that is gone. */
  kill(): void;
}

/** Where a run begins on the program's timeline. */
export interface RunPlace {
  readonly runIndex: number;
  /** On the frame grid, behind everything published so far, >= 10. */
  readonly startTimeSec: number;
}
