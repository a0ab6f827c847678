/** The program of a live webinar as its control sees it: takes commands, answers when it is told to. */
import { type ProgramCommand, type ProgramLink, type ProgramNews } from '../../../src/app/program/live-program.ts';

export interface AnsweringProgram extends ProgramLink {
  readonly commands: ProgramCommand[];
  /** Off: commands are only kept. */
  isAnswering: boolean;
  /** Set once the control is attached. */
  tell: (news: ProgramNews) => void;
}

export function answeringProgram(isAnswering = true): AnsweringProgram {
  const program: AnsweringProgram = {
    canvas: { width: 1280, height: 720 },
    commands: [],
    isAnswering,
    tell: () => undefined,
    send(command) {
      program.commands.push(command);
      if (program.isAnswering) setImmediate(() => program.tell(answerTo(command)));
    },
  };
  return program;
}

const seen = { frameIndex: 42, mediaTimeSec: 12.4, atWallMs: 1_700_000_000_000 };

/** What the mixer says when viewers see it. */
export function answerTo(command: ProgramCommand): ProgramNews {
  switch (command.type) {
    case 'setLayout': {
      const { layout, requestId } = command;
      const name = layout.mode === 'fixed' ? layout.name : 'spotlight';
      const rect = { x: 320, y: 0, width: 960, height: 540 };
      const tiles = [{ participantId: 'ada', content: 'camera', rect } as const];
      return { type: 'layoutApplied', requestId, name, participantIds: ['ada'], tiles, hiddenCount: 0, ...seen };
    }
    case 'setScene':
      return { type: 'sceneApplied', kind: command.scene.kind, ...seen };
    case 'setBranding':
      return { type: 'brandingApplied', frameIndex: seen.frameIndex, problems: [] };
  }
}
