import { describe, expect, it } from 'vitest';
import { isWorthAsking, noChoices, noWishes, wishesAfter } from '../../../../web/src/watch/stream-choices.ts';

const ladder = { ...noChoices, heightsPx: [720, 432, 234] };

describe('wishesAfter', () => {
  it('keeps a wish while the player holds it, and while the program is not known yet', () => {
    const wishes = { heightPx: 720, audioName: 'Français' };
    expect(wishesAfter(wishes, { ...ladder, chosenHeightPx: 720 })).toBe(wishes);
    expect(wishesAfter(wishes, noChoices)).toBe(wishes);
  });

  it('drops the size that the player gave up, and keeps the language', () => {
    expect(wishesAfter({ heightPx: 720, audioName: 'Français' }, ladder)).toEqual({
      heightPx: undefined,
      audioName: 'Français',
    });
  });

  it('leaves no wish as it is', () => {
    expect(wishesAfter(noWishes, ladder)).toBe(noWishes);
  });
});

describe('isWorthAsking', () => {
  it('is false for none and for one', () => {
    expect([[], ['a'], ['a', 'b']].map(isWorthAsking)).toEqual([false, false, true]);
  });
});
