import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layOut } from '../../../../src/mixer/layout/layout.ts';

const canvas = { width: 1280, height: 720 };
const participant = (participantId: string, isMicrophoneOn = true) => ({
  participantId,
  displayName: participantId.toUpperCase(),
  isMicrophoneOn,
  isCameraOn: true,
});

describe('layOut', () => {
  it('gives no tile when nobody is on stage', () => {
    expect(layOut(canvas, [], [], null)).toEqual([]);
  });

  it('gives one centred stage tile to a single participant', () => {
    const tiles = layOut(canvas, ['a'], [participant('a')], null);
    expect(tiles.map(({ kind, rect }) => [kind, rect.x, rect.y])).toEqual([['stage', 160, 90]]);
  });

  it('shows five of seven and counts the rest on the last thumbnail only', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const tiles = layOut(
      canvas,
      ids,
      ids.map((id) => participant(id)),
      null,
    );
    expect(tiles.map((tile) => tile.participant.participantId)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(tiles.map((tile) => tile.hiddenCount)).toEqual([0, 0, 0, 0, 2]);
  });

  it('marks the dominant speaker, but not a muted one', () => {
    const speaking = (isMicrophoneOn: boolean) =>
      layOut(canvas, ['a', 'b'], [participant('a'), participant('b', isMicrophoneOn)], 'b').map(
        (tile) => tile.isSpeaking,
      );
    expect(speaking(true)).toEqual([false, true]);
    expect(speaking(false)).toEqual([false, false]);
  });

  it('never lets two tiles overlap or leave the canvas, for any number of people', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 }), (count) => {
        const ids = Array.from({ length: count }, (_, index) => `p${index}`);
        const tiles = layOut(
          canvas,
          ids,
          ids.map((id) => participant(id)),
          null,
        );
        const covered = new Set<string>();
        for (const { rect } of tiles) {
          expect(rect.x + rect.width).toBeLessThanOrEqual(canvas.width);
          expect(rect.y + rect.height).toBeLessThanOrEqual(canvas.height);
          for (let x = rect.x; x < rect.x + rect.width; x += 20)
            for (let y = rect.y; y < rect.y + rect.height; y += 10) {
              expect(covered.has(`${x},${y}`)).toBe(false);
              covered.add(`${x},${y}`);
            }
        }
      }),
      { numRuns: 15 },
    );
  });
});
