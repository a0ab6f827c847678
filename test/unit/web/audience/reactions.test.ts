import { describe, expect, it } from 'vitest';
import { reactionSchema } from '../../../../src/signaling/protocol/index.ts';
import { floatingSigns, reactionSigns } from '../../../../web/src/audience/reactions.ts';

describe('floatingSigns', () => {
  it('shows each of a few, and a crowd in proportion with nobody left out', () => {
    expect(floatingSigns({ clap: 2, heart: 1 })).toHaveLength(3);
    const crowd = floatingSigns({ clap: 900, heart: 1 });
    expect(crowd.length).toBeLessThanOrEqual(12);
    expect(new Set(crowd)).toEqual(new Set([reactionSigns.clap.sign, reactionSigns.heart.sign]));
    expect(floatingSigns({})).toEqual([]);
  });

  it('knows every reaction of the protocol', () => {
    expect(Object.keys(reactionSigns).sort()).toEqual([...reactionSchema.options].sort());
  });
});
