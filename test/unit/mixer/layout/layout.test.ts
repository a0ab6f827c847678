import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseLayout } from '../../../../src/mixer/layout/layout-choice.ts';
import { planLayout, type StageSituation, tilesOf } from '../../../../src/mixer/layout/layout.ts';
import { layoutNames } from '../../../../src/mixer/layout-contract.ts';

const canvas = { width: 1280, height: 720 };
const person = (participantId: string, isMicrophoneOn = true) => ({
  participantId,
  displayName: participantId.toUpperCase(),
  isMicrophoneOn,
  isCameraOn: true,
});

const stage = (present: string, change: Partial<StageSituation> = {}): StageSituation => ({
  request: { mode: 'auto' },
  present: [...present],
  screenOwnerId: null,
  spotlightId: present[0] ?? null,
  recentIds: [],
  order: [],
  ...change,
});

describe('chooseLayout', () => {
  const counts = { personCount: 3, pinnedCount: 0, hasScreen: false };

  it.each([
    ['nobody', { ...counts, personCount: 0, hasScreen: true }, null],
    ['people', counts, 'spotlight'],
    ['one pinned', { ...counts, pinnedCount: 1 }, 'spotlight'],
    ['two pinned', { ...counts, pinnedCount: 2 }, 'side-by-side'],
    ['a screen', { ...counts, hasScreen: true }, 'screen-strip'],
    ['a screen and two pinned', { ...counts, pinnedCount: 2, hasScreen: true }, 'screen-strip'],
  ] as const)('auto with %s', (_title, situation, name) => {
    expect(chooseLayout({ mode: 'auto' }, situation)).toBe(name);
  });

  it.each(layoutNames)('fixed %s wins over a screen and pins where it can be shown', (name) => {
    expect(chooseLayout({ mode: 'fixed', name }, { personCount: 2, pinnedCount: 2, hasScreen: true })).toBe(name);
  });

  it.each([
    ['screen-strip', counts, 'spotlight'],
    ['screen-pip', { ...counts, pinnedCount: 2 }, 'side-by-side'],
    ['side-by-side', { ...counts, personCount: 1 }, 'spotlight'],
    ['side-by-side', { ...counts, personCount: 1, hasScreen: true }, 'screen-strip'],
    ['grid', { ...counts, personCount: 0 }, null],
  ] as const)('fixed %s that cannot be shown falls back to what auto shows', (name, situation, shown) => {
    expect(chooseLayout({ mode: 'fixed', name }, situation)).toBe(shown);
  });
});

describe('planLayout', () => {
  it('puts the speaker into the large place and counts who is not seen', () => {
    const plan = planLayout(canvas, stage('abcdefg', { spotlightId: 'c' }));
    expect(plan).toMatchObject({ name: 'spotlight', seatedIds: ['c', 'b', 'a', 'd', 'e'], hiddenCount: 2 });
  });

  it('puts the pinned before the speaker, and passes over those who are not there or named twice', () => {
    const request = { mode: 'fixed', name: 'solo', pinnedIds: ['x', 'b', 'b'] } as const;
    expect(planLayout(canvas, stage('abc', { request, spotlightId: 'c' })).seatedIds).toEqual(['b']);
  });

  it('has the same key exactly when the same people are in the same places', () => {
    const plan = planLayout(canvas, stage('abc'));
    expect(planLayout(canvas, stage('abc', { order: plan.order })).key).toBe(plan.key);
    expect(planLayout(canvas, stage('abc', { order: plan.order, spotlightId: 'b' })).key).not.toBe(plan.key);
    expect(planLayout(canvas, stage('abcd', { order: plan.order })).key).not.toBe(plan.key);
  });

  it('shows everybody or counts them, each in one place only', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...layoutNames),
        fc.shuffledSubarray([...'abcdefghijkl']),
        fc.shuffledSubarray([...'abcdefghijklm'], { maxLength: 4 }),
        fc.boolean(),
        (name, present, pinnedIds, hasScreen) => {
          const request = { mode: 'fixed', name, pinnedIds } as const;
          const screenOwnerId = hasScreen ? (present[0] ?? null) : null;
          const plan = planLayout(canvas, { ...stage(''), request, present, screenOwnerId });
          expect(plan.seatedIds.length + plan.hiddenCount).toBe(present.length);
          expect(new Set(plan.seatedIds).size).toBe(plan.seatedIds.length);
          const isScreenLayout = plan.name?.startsWith('screen-') ?? false;
          expect(plan.screenOwnerId !== null).toBe(isScreenLayout);
        },
      ),
    );
  });
});

describe('tilesOf', () => {
  const participantOf = (id: string) => person(id, id !== 'b');
  const tiles = (change: Partial<StageSituation>, speakerId: string | null, present = 'abc') =>
    tilesOf(planLayout(canvas, stage(present, change)), participantOf, speakerId);

  it('draws the speaking border of whoever speaks with the microphone on', () => {
    expect(tiles({}, 'a').map((tile) => tile.isSpeaking)).toEqual([true, false, false]);
    expect(tiles({}, 'b').map((tile) => tile.isSpeaking)).toEqual([false, false, false]);
    expect(tiles({}, null).map((tile) => tile.isSpeaking)).toEqual([false, false, false]);
  });

  it('tells on the last tile of strips and grids how many are not shown', () => {
    expect(tiles({}, null, 'abcdefg').map((tile) => tile.hiddenCount)).toEqual([0, 0, 0, 0, 2]);
    const grid = { mode: 'fixed', name: 'grid' } as const;
    expect(tiles({ request: grid }, null, 'abcdefghijkl').at(-1)?.hiddenCount).toBe(3);
    const solo = { mode: 'fixed', name: 'solo' } as const;
    expect(tiles({ request: solo }, null)).toMatchObject([{ hiddenCount: 0 }]);
  });

  it('draws the screen first and whole, then the people over or beside it', () => {
    const shown = tiles({ screenOwnerId: 'c' }, 'a');
    expect(shown.map(({ content, fit, participant }) => [content, fit, participant.participantId])).toEqual([
      ['screen', 'contain', 'c'],
      ['camera', 'cover', 'a'],
      ['camera', 'cover', 'b'],
      ['camera', 'cover', 'c'],
    ]);
    const pip = { mode: 'fixed', name: 'screen-pip' } as const;
    expect(tiles({ screenOwnerId: 'c', request: pip }, 'a').map((tile) => tile.isOverlay)).toEqual([false, true]);
  });

  it('gives no tiles for an empty stage', () => {
    expect(tiles({}, null, '')).toEqual([]);
  });
});
