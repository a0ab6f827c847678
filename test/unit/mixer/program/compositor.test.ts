import { createCanvas } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { brandingSchema } from '../../../../src/mixer/branding.ts';
import { Furniture } from '../../../../src/mixer/furniture/furniture.ts';
import { plainLook } from '../../../../src/mixer/furniture/look.ts';
import { prepareLook } from '../../../../src/mixer/furniture/prepare-look.ts';
import { planLayout, type Tile, tilesOf } from '../../../../src/mixer/layout/layout.ts';
import { type LayoutName } from '../../../../src/mixer/layout-contract.ts';
import { createI420, type I420Canvas } from '../../../../src/mixer/picture/i420.ts';
import { Compositor } from '../../../../src/mixer/program/compositor.ts';
import { FramePool } from '../../../../src/mixer/program/frame-pool.ts';
import { itDrawsText } from '../../../support/fonts.ts';

const canvas = { width: 1280, height: 720 };
const furniture = new Furniture(canvas, plainLook('A title'));
const people = ['a', 'b', 'c'].map((participantId) => ({
  participantId,
  displayName: participantId,
  isMicrophoneOn: true,
  isCameraOn: true,
}));

/** Tiles for the first `count` people, each camera a flat picture with luma 50, 100, 150 ... or off. */
function views(count: number, off: string[] = [], speakerId: string | null = null) {
  return tilesFor('spotlight', count, speakerId).map((tile, index) => ({
    tile,
    picture: off.includes(tile.participant.participantId) ? undefined : flat(tile.rect, 50 * (index + 1)),
  }));
}

function tilesFor(name: LayoutName, count: number, speakerId: string | null = null): Tile[] {
  const present = people.slice(0, count).map((person) => person.participantId);
  const plan = planLayout(canvas, {
    request: { mode: 'fixed', name },
    present,
    screenOwnerId: name.startsWith('screen-') ? 'a' : null,
    spotlightId: 'a',
    recentIds: [],
    order: [],
  });
  return tilesOf(plan, (id) => people.find((person) => person.participantId === id), speakerId);
}

function flat({ width, height }: { width: number; height: number }, luma: number): I420Canvas {
  return createI420(width, height, { y: luma, u: 128, v: 128 });
}

/** A banner, and a half transparent white logo of 320x160 at (896, 36): over the large tile and the band above it. */
async function brandedFurniture(): Promise<Furniture> {
  const drawing = createCanvas(64, 32);
  const context = drawing.getContext('2d');
  context.fillStyle = 'rgba(255, 255, 255, 0.5)';
  context.fillRect(0, 0, 64, 32);
  const image = new Uint8Array(drawing.toBuffer('image/png'));
  const branding = brandingSchema.parse({
    banner: { text: 'News' },
    logo: { image, corner: 'topRight', marginRatio: 0.05, heightRatio: 0.3 },
  });
  const { look } = await prepareLook(branding, canvas, 'A title');
  return new Furniture(canvas, look);
}

const lumaAt = (picture: I420Canvas, x: number, y: number) => picture.data[y * picture.width + x]!;

describe('Compositor', () => {
  it('compose puts every picture into the middle of its tile and leaves the background dark', () => {
    const frame = new FramePool(1280, 720).acquire();
    new Compositor(furniture).compose(frame, views(3), true);
    expect(lumaAt(frame.picture, 480, 360)).toBe(50);
    expect(lumaAt(frame.picture, 1120, 240)).toBe(100);
    expect(lumaAt(frame.picture, 1120, 420)).toBe(150);
    expect(lumaAt(frame.picture, 480, 700)).toBeLessThan(40);
  });

  it('compose into a frame used before leaves no trace of a tile that is gone', () => {
    const pool = new FramePool(1280, 720);
    const compositor = new Compositor(furniture);
    const used = pool.acquire();
    compositor.compose(used, views(3), true);
    compositor.compose(used, views(1), true);
    const fresh = pool.acquire();
    compositor.compose(fresh, views(1), true);
    expect(Buffer.compare(used.picture.data, fresh.picture.data)).toBe(0);
  });

  it('compose shows the avatar for a missing picture and the picture again when it is back', () => {
    const pool = new FramePool(1280, 720);
    const compositor = new Compositor(furniture);
    const [withPicture, withAvatar, again] = [pool.acquire(), pool.acquire(), pool.acquire()];
    compositor.compose(withPicture, views(2), true);
    compositor.compose(withAvatar, views(2, ['b']), true);
    expect(lumaAt(withAvatar.picture, 1000, 290)).not.toBe(100);
    expect(lumaAt(withAvatar.picture, 480, 360)).toBe(50);
    compositor.compose(again, views(2), true);
    expect(Buffer.compare(again.picture.data, withPicture.picture.data)).toBe(0);
  });

  itDrawsText('compose draws the label again when somebody gets another title', () => {
    const pool = new FramePool(1280, 720);
    const compositor = new Compositor(furniture);
    const withTitle = (title: string) => {
      const [view] = views(1);
      const { tile, picture } = view!;
      const frame = pool.acquire();
      compositor.compose(frame, [{ tile: { ...tile, participant: { ...tile.participant, title } }, picture }], true);
      return frame.picture.data;
    };
    expect(Buffer.compare(withTitle('CTO'), withTitle('Professor'))).not.toBe(0);
  });

  it('compose draws the border of whoever speaks and no other', () => {
    const pool = new FramePool(1280, 720);
    const compositor = new Compositor(furniture);
    const [quiet, speaking] = [pool.acquire(), pool.acquire()];
    compositor.compose(quiet, views(2), true);
    compositor.compose(speaking, views(2, [], 'b'), true);
    expect(lumaAt(quiet.picture, 1120, 276)).toBe(100);
    expect(lumaAt(speaking.picture, 1120, 276)).toBeGreaterThan(140);
    expect(lumaAt(speaking.picture, 480, 96)).toBe(50);
  });

  it('compose draws a person over the screen, in the order of the tiles, with their furniture', () => {
    const [screen, pip] = tilesFor('screen-pip', 1, 'a');
    const frame = new FramePool(1280, 720).acquire();
    const views = [
      { tile: screen!, picture: flat(screen!.rect, 200) },
      { tile: pip!, picture: flat(pip!.rect, 60) },
    ];
    new Compositor(furniture).compose(frame, views, true);
    expect(lumaAt(frame.picture, 2, 2)).toBe(200);
    expect(lumaAt(frame.picture, 640, 360)).toBe(200);
    expect(lumaAt(frame.picture, 932, 600)).toBe(200);
    expect(lumaAt(frame.picture, 1096, 560)).toBe(60);
    expect(lumaAt(frame.picture, 942, 600)).toBeGreaterThan(140);
  });

  it('compose shows the screen around the rounded corners of a person over it, frame after frame', () => {
    const [screen, pip] = tilesFor('screen-pip', 1);
    const compositor = new Compositor(furniture);
    const frame = new FramePool(1280, 720).acquire();
    const { x, y, width, height } = pip!.rect;
    for (const luma of [200, 180, 160]) {
      const views = [
        { tile: screen!, picture: flat(screen!.rect, luma) },
        { tile: pip!, picture: flat(pip!.rect, 60) },
      ];
      compositor.compose(frame, views, true);
      for (const [atX, atY] of [
        [x, y],
        [x + width - 1, y],
        [x, y + height - 1],
        [x + width - 1, y + height - 1],
      ] as const)
        expect(lumaAt(frame.picture, atX, atY)).toBe(luma);
      expect(lumaAt(frame.picture, x + width / 2, y + height / 2)).toBe(60);
    }
  });

  it('compose of a person over a screen without a picture looks the same in every frame', () => {
    const tiles = tilesFor('screen-pip', 1);
    const compositor = new Compositor(furniture);
    const frame = new FramePool(1280, 720).acquire();
    const compose = (luma: number) => {
      const [screen, pip] = tiles;
      const views = [
        { tile: screen!, picture: undefined },
        { tile: pip!, picture: flat(pip!.rect, luma) },
      ];
      compositor.compose(frame, views, true);
      return Buffer.from(frame.picture.data);
    };
    const first = compose(60);
    compose(220);
    expect(Buffer.compare(compose(60), first)).toBe(0);
  });

  it('compose keeps the avatar of a person over the screen on top of every new picture of it', () => {
    const [screen, pip] = tilesFor('screen-pip', 1);
    const compositor = new Compositor(furniture);
    const frame = new FramePool(1280, 720).acquire();
    for (const luma of [200, 180]) {
      const views = [
        { tile: screen!, picture: flat(screen!.rect, luma) },
        { tile: pip!, picture: undefined },
      ];
      compositor.compose(frame, views, true);
      expect(lumaAt(frame.picture, 640, 360)).toBe(luma);
      expect(lumaAt(frame.picture, 970, 560)).toBeLessThan(60);
    }
  });

  it('compose shows all of a screen whose picture has another shape, and cuts cameras', () => {
    const [screen, person] = tilesFor('screen-strip', 1);
    const frame = new FramePool(1280, 720).acquire();
    const views = [
      { tile: screen!, picture: flat({ width: 400, height: 100 }, 200) },
      { tile: person!, picture: flat({ width: 400, height: 100 }, 120) },
    ];
    new Compositor(furniture).compose(frame, views, true);
    const columns = (y: number) => [0, 1066].map((x) => lumaAt(frame.picture, x, y));
    expect(columns(360)).toEqual([200, 200]);
    expect(columns(228)).toEqual([200, 200]);
    expect(columns(224)).toEqual([16, 16]);
    expect(columns(496)).toEqual([16, 16]);
    expect(lumaAt(frame.picture, 1174, 310)).toBe(120);
  });

  it('compose shows the slate without tiles and composes still parts only when they change', () => {
    const compositor = new Compositor(furniture);
    const frame = new FramePool(1280, 720).acquire();
    compositor.compose(frame, [], false);
    expect(frame.picture.data).toEqual(furniture.slate(false).data);
    const { sceneVersion } = compositor;
    compositor.compose(frame, [], false);
    expect(compositor.sceneVersion).toBe(sceneVersion);
    compositor.compose(frame, [], true);
    expect(frame.picture.data).toEqual(furniture.slate(true).data);
  });

  it('compose lays logo and banner over moving and still tiles once, however often a frame is used', async () => {
    const compositor = new Compositor(await brandedFurniture());
    const pool = new FramePool(1280, 720);
    const [often, once] = [pool.acquire(), pool.acquire()];
    for (const luma of [90, 110, 50]) {
      const moving = views(3, ['b']).map((view) => ({
        ...view,
        picture: view.picture && flat(view.tile.rect, luma),
      }));
      compositor.compose(often, moving, true);
      if (luma === 50) compositor.compose(once, moving, true);
    }
    expect(Buffer.compare(often.picture.data, once.picture.data)).toBe(0);
    // The half transparent white logo lies over the first tile (luma 50) and over the background beside it.
    expect(lumaAt(once.picture, 200, 400)).toBe(50);
    expect(lumaAt(once.picture, 940, 66 + 90)).toBeGreaterThan(130);
    expect(lumaAt(once.picture, 940, 66)).toBeGreaterThan(100);
    expect(lumaAt(once.picture, 940, 66)).toBeLessThan(140);
  });

  it('dress shows another look from the next frame on, in frames used before too', async () => {
    const compositor = new Compositor(furniture);
    const frame = new FramePool(1280, 720).acquire();
    const still = views(2, ['b']);
    compositor.compose(frame, still, true);
    const plain = frame.picture.data.slice();
    const branded = await brandedFurniture();
    compositor.dress(branded);
    compositor.compose(frame, still, true);
    const fresh = new FramePool(1280, 720).acquire();
    new Compositor(branded).compose(fresh, still, true);
    expect(Buffer.compare(frame.picture.data, fresh.picture.data)).toBe(0);
    compositor.dress(furniture);
    compositor.compose(frame, still, true);
    expect(Buffer.compare(frame.picture.data, plain)).toBe(0);
  });

  it('showSlate replaces the whole picture, and compose brings the tiles back', () => {
    const compositor = new Compositor(furniture);
    const frame = new FramePool(1280, 720).acquire();
    compositor.compose(frame, views(3), true);
    const live = frame.picture.data.slice();
    const slate = furniture.sceneSlate({ kind: 'backSoon' }, 0);
    compositor.showSlate(frame, slate);
    expect(Buffer.compare(frame.picture.data, slate.data)).toBe(0);
    const { sceneVersion } = compositor;
    compositor.showSlate(frame, slate);
    expect(compositor.sceneVersion).toBe(sceneVersion);
    compositor.compose(frame, views(3), true);
    expect(Buffer.compare(frame.picture.data, live)).toBe(0);
  });
});
