import { createCanvas } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { BoundedCache } from '../../../../src/mixer/furniture/bounded-cache.ts';
import { Furniture } from '../../../../src/mixer/furniture/furniture.ts';
import { plainLook } from '../../../../src/mixer/furniture/look.ts';
import { hueOf } from '../../../../src/mixer/furniture/participant-colour.ts';
import { ellipsise, initialsOf, printable, wrap } from '../../../../src/mixer/furniture/text.ts';
import { type Tile } from '../../../../src/mixer/layout/layout.ts';

const canvas = { width: 1280, height: 720 };

function tileOf(displayName: string, change: Partial<Tile> = {}): Tile {
  return {
    participant: { participantId: 'p1', displayName, isMicrophoneOn: true, isCameraOn: true },
    content: 'camera',
    fit: 'cover',
    isOverlay: false,
    rect: { x: 960, y: 0, width: 320, height: 180 },
    isSpeaking: false,
    hiddenCount: 0,
    ...change,
  };
}

describe('printable', () => {
  it('removes control characters, line breaks and direction overrides', () => {
    expect(printable(' A\u0000da\n\u202eLove\u2066lace\t', 'x')).toBe('A da Lovelace');
  });

  it('falls back when nothing is left, and bounds what is left', () => {
    expect(printable('\u0007 \n', 'Guest')).toBe('Guest');
    expect(printable('x'.repeat(10_000), 'Guest')).toHaveLength(200);
    expect(printable(`${'x'.repeat(199)}🙂`, 'Guest').isWellFormed()).toBe(true);
  });
});

describe('initialsOf', () => {
  it.each([
    ['Ada Lovelace', 'AL'],
    ['Grace Brewster Murray Hopper', 'GH'],
    ['madonna', 'M'],
    ['王小明', '王'],
    ['محمد الأحمد', 'ما'],
    ['👩‍🚀 Sally', '👩‍🚀S'],
    ['"Bob" (host)', 'BH'],
    ['', '?'],
    ['...', '?'],
  ])('of %j gives %j', (name, initials) => {
    expect(initialsOf(name)).toBe(initials);
  });
});

describe('ellipsise and wrap', () => {
  const context = createCanvas(1, 1).getContext('2d');
  context.font = '20px "DejaVu Sans", sans-serif';

  it('ellipsise keeps what fits and cuts the rest to the width, never inside a grapheme', () => {
    expect(ellipsise(context, 'Ada', 300)).toBe('Ada');
    const cut = ellipsise(context, 'e\u0301'.repeat(100), 100);
    expect(cut).toMatch(/^(e\u0301)+…$/u);
    expect(context.measureText(cut).width).toBeLessThanOrEqual(100);
  });

  it('wrap gives at most the lines asked for, each within the width', () => {
    const lines = wrap(context, 'one two three four five six seven eight nine ten eleven twelve', 160, 2);
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(context.measureText(line).width).toBeLessThanOrEqual(160);
    expect(lines[1]).toMatch(/…$/);
  });
});

describe('hueOf', () => {
  it('gives the same hue for the same id and spreads ids over the wheel', () => {
    expect(hueOf('participant-1')).toBe(hueOf('participant-1'));
    const hues = Array.from({ length: 200 }, (_, index) => hueOf(`participant-${index}`));
    expect(new Set(hues.map((hue) => Math.floor(hue / 36))).size).toBe(10);
  });
});

describe('BoundedCache', () => {
  it('get makes a value once and forgets the one used longest ago', () => {
    const made: string[] = [];
    const cache = new BoundedCache<string>(2);
    const get = (key: string) => cache.get(key, () => (made.push(key), key));
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) get(key);
    expect(made).toEqual(['a', 'b', 'c', 'b']);
    expect(cache.size).toBe(2);
  });
});

describe('Furniture', () => {
  const furniture = new Furniture(canvas, plainLook('A title'));

  it('overlays lie inside their tile for every kind of name', () => {
    for (const name of ['', 'Ada', 'W'.repeat(500), 'محمد', '🙂'.repeat(80)]) {
      const tile = tileOf(name, { hiddenCount: 12 });
      for (const { sprite, x, y } of furniture.overlays(tile)) {
        expect(x).toBeGreaterThanOrEqual(tile.rect.x);
        expect(x + sprite.width).toBeLessThanOrEqual(tile.rect.x + tile.rect.width);
        expect(y + sprite.height).toBeLessThanOrEqual(tile.rect.y + tile.rect.height);
        expect([x % 2, y % 2, sprite.width % 2, sprite.height % 2]).toEqual([0, 0, 0, 0]);
      }
    }
  });

  it('overlays are drawn again only when what they show changes', () => {
    const [frame, label] = furniture.overlays(tileOf('Ada'));
    const [sameFrame, sameLabel] = furniture.overlays(tileOf('Ada'));
    expect(sameFrame!.sprite).toBe(frame!.sprite);
    expect(sameLabel!.sprite).toBe(label!.sprite);
    const muted = tileOf('Ada');
    const mutedLabel = furniture.overlays({
      ...muted,
      participant: { ...muted.participant, isMicrophoneOn: false },
    })[1]!;
    expect(mutedLabel.sprite.width).toBeGreaterThan(label!.sprite.width);
    expect(furniture.overlays(tileOf('Ada', { isSpeaking: true }))[0]!.sprite).not.toBe(frame!.sprite);
  });

  it('avatar has the size of its tile and the two slates differ', () => {
    expect(furniture.avatar(tileOf('Ada'))).toMatchObject({ width: 320, height: 180 });
    expect(furniture.slate(false).data).not.toEqual(furniture.slate(true).data);
    expect(furniture.slate(false)).toMatchObject(canvas);
  });
});
