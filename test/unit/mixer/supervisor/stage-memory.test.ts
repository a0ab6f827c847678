import { describe, expect, it } from 'vitest';
import { type MixerCommand } from '../../../../src/mixer/ports.ts';
import { StageMemory } from '../../../../src/mixer/supervisor/stage-memory.ts';

describe('StageMemory', () => {
  it('replay gives the last of each decision, and how the program looks before who is on stage', () => {
    const memory = new StageMemory();
    const commands: MixerCommand[] = [
      { type: 'setParticipants', participants: [] },
      { type: 'setScene', scene: { kind: 'backSoon' } },
      { type: 'setBranding', branding: { ticker: 'Old' } },
      { type: 'setLayout', requestId: 'r1', layout: { mode: 'auto' } },
      { type: 'setScene', scene: { kind: 'countdown', untilWallMs: 1e12 } },
      { type: 'setBranding', branding: { ticker: 'New' } },
    ];
    for (const command of commands) memory.remember(command);
    expect(memory.replay()).toEqual([commands[5], commands[4], commands[3], commands[0]]);
  });
});
