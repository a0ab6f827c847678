/** A program that nobody has decided anything about: for tests that are about something else. */
import { type ProgramDirector } from '../../src/signaling/index.ts';
import { type ProgramState } from '../../src/signaling/protocol/index.ts';

export const quietProgramState: ProgramState = {
  layout: { layout: 'auto', pinnedIds: [], crossfade: false },
  scene: { kind: 'live' },
  branding: { theme: 'dark', ticker: '', banner: '', bannerDetail: '', hasLogo: false, hasBackground: false },
  shown: null,
};

export const quietProgram: ProgramDirector = {
  describe: async () => quietProgramState,
  setLayout: async () => ({ applied: null }),
  setPinned: async () => ({ applied: null }),
  setScene: async () => ({ applied: null }),
};
