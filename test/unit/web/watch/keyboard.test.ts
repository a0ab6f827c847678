import { describe, expect, it } from 'vitest';
import { commandForKey } from '../../../../web/src/watch/keyboard.ts';
import { qualityLabel } from '../../../../web/src/watch/quality-label.ts';

const press = (key: string, targetTag = 'body', hasModifier = false, hasShift = false) =>
  commandForKey({ key, targetTag, hasModifier, hasShift });

describe('commandForKey', () => {
  it.each([
    [' ', { do: 'toggle-play' }],
    ['k', { do: 'toggle-play' }],
    ['K', { do: 'toggle-play' }],
    ['m', { do: 'toggle-mute' }],
    ['f', { do: 'toggle-fullscreen' }],
    ['l', { do: 'go-live' }],
    ['c', { do: 'toggle-captions' }],
    ['ArrowUp', { do: 'change-volume', delta: 0.1 }],
    ['ArrowDown', { do: 'change-volume', delta: -0.1 }],
    ['ArrowLeft', { do: 'seek-by', seconds: -10 }],
    ['ArrowRight', { do: 'seek-by', seconds: 10 }],
    ['x', undefined],
  ])('maps %j to %o', (key, command) => expect(press(key)).toEqual(command));

  it('goes from moment to moment with Shift and an arrow', () => {
    expect(press('ArrowLeft', 'body', false, true)).toEqual({ do: 'seek-to-moment', direction: -1 });
    expect(press('ArrowRight', 'body', false, true)).toEqual({ do: 'seek-to-moment', direction: 1 });
  });

  it('leaves space to a focused button, and all keys to a focused slider', () => {
    expect(press(' ', 'button')).toBeUndefined();
    expect(press('m', 'button')).toEqual({ do: 'toggle-mute' });
    expect(press('ArrowUp', 'input')).toBeUndefined();
  });

  it('leaves keys with a modifier to the browser', () => {
    expect(press('f', 'body', true)).toBeUndefined();
  });
});

describe('qualityLabel', () => {
  it.each([
    [720, 1_812_000, '720p · 1.8 Mb/s'],
    [234, 300_400, '234p · 300 kb/s'],
    [432, 0, '432p'],
    [0, 500, ''],
  ])('of %i lines at %i bit/s is %j', (heightPx, bitrateBps, label) =>
    expect(qualityLabel(heightPx, bitrateBps)).toBe(label),
  );
});
