import { describe, expect, it } from 'vitest';
import {
  isWorthAsking,
  noChoices,
  noWishes,
  toggledCaptions,
  wishesAfter,
} from '../../../../web/src/watch/stream-choices.ts';

const ladder = { ...noChoices, heightsPx: [720, 432, 234] };

describe('wishesAfter', () => {
  it('keeps a wish while the player holds it, and while the program is not known yet', () => {
    const wishes = { heightPx: 720, audioName: 'Français', captions: 'fr' };
    expect(wishesAfter(wishes, { ...ladder, chosenHeightPx: 720 })).toBe(wishes);
    expect(wishesAfter(wishes, noChoices)).toBe(wishes);
  });

  it('drops the size that the player gave up, and keeps the language', () => {
    expect(wishesAfter({ heightPx: 720, audioName: 'Français', captions: 'fr' }, ladder)).toEqual({
      heightPx: undefined,
      audioName: 'Français',
      captions: 'fr',
    });
  });

  it('leaves no wish as it is', () => {
    expect(wishesAfter(noWishes, ladder)).toBe(noWishes);
  });
});

describe('toggledCaptions', () => {
  const captions = [
    { language: 'en', name: 'English' },
    { language: 'fr', name: 'Français' },
  ];
  it.each([
    ['off when they are on', 'fr', 'fr', undefined],
    ['on as they were last', undefined, 'fr', 'fr'],
    ['on in the first language when the last one is not there', undefined, 'ar', 'en'],
    ['on in the first language when they never were', undefined, undefined, 'en'],
  ])('goes %s', (_what, chosenCaptions, last, expected) => {
    expect(toggledCaptions({ ...noChoices, captions, chosenCaptions }, last)).toBe(expected);
  });

  it('stays off where there are none', () => {
    expect(toggledCaptions(noChoices, 'en')).toBeUndefined();
  });
});

describe('isWorthAsking', () => {
  it('is false for none and for one', () => {
    expect([[], ['a'], ['a', 'b']].map(isWorthAsking)).toEqual([false, false, true]);
  });
});
