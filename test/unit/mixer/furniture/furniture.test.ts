import { createCanvas } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { BoundedCache } from '../../../../src/mixer/furniture/bounded-cache.ts';
import { Furniture } from '../../../../src/mixer/furniture/furniture.ts';
import { plainLook } from '../../../../src/mixer/furniture/look.ts';
import { hueOf } from '../../../../src/mixer/furniture/participant-colour.ts';
import { ellipsise, initialsOf, printable, wrap } from '../../../../src/mixer/furniture/text.ts';
import { builtInThemes } from '../../../../src/mixer/furniture/themes.ts';
import { tileMetricsOf } from '../../../../src/mixer/furniture/tile-metrics.ts';
import { rgbToYuv } from '../../../../src/mixer/picture/colour.ts';
import { createI420 } from '../../../../src/mixer/picture/i420.ts';
import { parseHexColour } from '../../../../src/mixer/picture/rgb.ts';
import { blendSprite } from '../../../../src/mixer/picture/sprite.ts';
import { type Tile } from '../../../../src/mixer/layout/layout.ts';
import { itDrawsText } from '../../../support/fonts.ts';

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

  itDrawsText('ellipsise keeps what fits and cuts the rest to the width, never inside a grapheme', () => {
    expect(ellipsise(context, 'Ada', 300)).toBe('Ada');
    const cut = ellipsise(context, 'e\u0301'.repeat(100), 100);
    expect(cut).toMatch(/^(e\u0301)+…$/u);
    expect(context.measureText(cut).width).toBeLessThanOrEqual(100);
  });

  itDrawsText('wrap gives at most the lines asked for, each within the width', () => {
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

  itDrawsText('avatar has the size of its tile and the two slates differ', () => {
    expect(furniture.avatar(tileOf('Ada'))).toMatchObject({ width: 320, height: 180 });
    expect(furniture.slate(false).data).not.toEqual(furniture.slate(true).data);
    expect(furniture.slate(false)).toMatchObject(canvas);
  });

  it.each([
    [213, 120],
    [320, 180],
    [426, 240],
    [960, 540],
    [1280, 720],
  ])('draws a %i x %i tile inside its edges: frame, label and avatar', (tileWidth, tileHeight) => {
    const width = 2 * Math.floor(tileWidth / 2);
    const rect = { x: 0, y: 0, width, height: tileHeight };
    const tile = tileOf('Ada Lovelace', { rect, isSpeaking: true, hiddenCount: 3 });
    expect(furniture.avatar(tile)).toMatchObject({ width, height: tileHeight });
    const [frame, label] = furniture.overlays(tile);
    expect(frame!.sprite).toMatchObject({ width, height: tileHeight });
    expect(label!.x + label!.sprite.width).toBeLessThan(width);
    expect(label!.y + label!.sprite.height).toBeLessThan(tileHeight);
    expect(label!.sprite.height).toBeLessThan(tileHeight / 3);
    const picture = createI420(width, tileHeight, { y: 50, u: 128, v: 128 });
    for (const { sprite, x, y } of [frame!, label!]) blendSprite(picture, sprite, x, y);
    const luma = (x: number, y: number) => picture.data[y * width + x]!;
    // Corner: background; border: the speaking colour; middle: the picture.
    const theme = builtInThemes.dark.colours;
    expect(luma(0, 0)).toBe(rgbToYuv(parseHexColour(theme.background)).y);
    const speaking = rgbToYuv(parseHexColour(theme.speaking)).y;
    expect(Math.abs(luma(width / 2, 6) - speaking)).toBeLessThanOrEqual(1);
    expect(luma(width / 2, tileHeight / 2)).toBe(50);
  });

  it('sizes grow with the canvas: 1080p looks like 720p', () => {
    const small = tileMetricsOf(180, 720);
    const large = tileMetricsOf(270, 1080);
    for (const key of ['labelFontSize', 'labelHeight', 'cornerRadius', 'gutter', 'avatarDiameter'] as const) {
      expect(Math.abs(large[key] / small[key] - 1.5)).toBeLessThan(0.1);
    }
  });

  it('overlays of a large tile have a second line for what the person is, small ones do not', () => {
    const withTitle = (rect: Tile['rect'], title?: string) => {
      const tile = tileOf('Ada', { rect });
      return furniture.overlays({ ...tile, participant: { ...tile.participant, title } })[1]!.sprite;
    };
    const large = { x: 0, y: 90, width: 960, height: 540 };
    const small = { x: 960, y: 0, width: 320, height: 180 };
    expect(withTitle(large, 'Professor of engines').height).toBeGreaterThan(withTitle(large).height);
    expect(withTitle(small, 'Professor of engines').height).toBe(withTitle(small).height);
  });

  itDrawsText('overlays move a label above the ticker and above the banner that would hide it', () => {
    const look = { ...plainLook('A title'), ticker: 'News', banner: { text: 'Ada Lovelace' } };
    const dressed = new Furniture(canvas, look);
    const [banner] = dressed.programOverlays;
    const below = { x: 0, y: 480, width: 426, height: 240 };
    const label = dressed.overlays(tileOf('Ada', { rect: below }))[1]!;
    expect(label.y + label.sprite.height).toBeLessThanOrEqual(banner!.y);
    const beside = { x: 854, y: 480, width: 426, height: 240 };
    const other = dressed.overlays(tileOf('Ada', { rect: beside }))[1]!;
    expect(other.y + other.sprite.height).toBeLessThanOrEqual(680);
    expect(other.y + other.sprite.height).toBeGreaterThan(640);
    expect(banner!.y + banner!.sprite.height).toBeLessThanOrEqual(680);
  });

  itDrawsText('sceneSlate shows the text of the scene or its own, and text that anybody typed cannot break it', () => {
    const live = furniture.slate(true);
    const backSoon = furniture.sceneSlate({ kind: 'backSoon' }, 0);
    const own = furniture.sceneSlate({ kind: 'backSoon', text: 'Back at 14:30' }, 0);
    const ended = furniture.sceneSlate({ kind: 'ended', text: '\u0000\u202e\u200b' }, 0);
    const same = furniture.sceneSlate({ kind: 'ended' }, 0);
    const all = [live, backSoon, own, ended].map(({ data }) => Buffer.from(data).toString('base64'));
    expect(new Set(all).size).toBe(4);
    expect(ended).toBe(same);
    for (const text of ['W'.repeat(200), 'محمد '.repeat(40), `Z${'\u0335'.repeat(150)}`]) {
      expect(furniture.sceneSlate({ kind: 'ended', text }, 0)).toMatchObject(canvas);
    }
  });
});
