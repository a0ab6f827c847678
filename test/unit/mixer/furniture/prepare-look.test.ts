import { createCanvas } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { brandingSchema } from '../../../../src/mixer/branding.ts';
import { prepareLook } from '../../../../src/mixer/furniture/prepare-look.ts';
import { logoRect } from '../../../../src/mixer/furniture/logo.ts';

const canvas = { width: 1280, height: 720 };

function picture(width: number, height: number, colour: string, type: 'image/png' | 'image/jpeg' = 'image/png') {
  const drawing = createCanvas(width, height);
  const context = drawing.getContext('2d');
  context.fillStyle = colour;
  context.fillRect(0, 0, width, height);
  return new Uint8Array(type === 'image/png' ? drawing.toBuffer('image/png') : drawing.toBuffer('image/jpeg'));
}

const prepare = (branding: unknown) => prepareLook(brandingSchema.parse(branding), canvas, 'Own title');

describe('prepareLook', () => {
  it('of an empty branding gives the plain look with the webinar’s own title', async () => {
    const { look, problems } = await prepare({});
    expect(problems).toEqual([]);
    expect(look).toMatchObject({ title: 'Own title', ticker: '', logo: undefined, background: undefined });
    expect(look.theme.colours.background).toBe('#12161c');
  });

  it('scales logo and background to their place and keeps nothing of their own size', async () => {
    const { look, problems } = await prepare({
      logo: { image: picture(800, 400, '#ff0000'), corner: 'bottomLeft' },
      background: { image: picture(300, 600, '#00ff00', 'image/jpeg') },
    });
    expect(problems).toEqual([]);
    expect(look.logo?.picture).toMatchObject({ width: 144, height: 72 });
    expect(look.background).toMatchObject(canvas);
    const middle = look.background!.getContext('2d').getImageData(640, 360, 1, 1).data;
    expect(middle[1]).toBeGreaterThan(240);
  });

  it('leaves a picture out that cannot be used, says why, and keeps all else', async () => {
    const broken = picture(40, 40, '#ff0000').slice(0, 60);
    const lying = picture(40, 40, '#ff0000');
    new DataView(lying.buffer).setUint32(16, 39);
    const { look, problems } = await prepare({
      title: 'New title',
      logo: { image: broken },
      background: { image: lying },
    });
    expect(look).toMatchObject({ title: 'New title', logo: undefined, background: undefined });
    expect(problems.map(({ part, code }) => [part, code])).toEqual([
      ['logo', 'MIXER_IMAGE_INVALID'],
      ['background', 'MIXER_IMAGE_INVALID'],
    ]);
  });

  it('refuses a 20000 x 20000 picture without decoding it', async () => {
    const bomb = picture(40, 40, '#ff0000');
    new DataView(bomb.buffer).setUint32(16, 20_000);
    new DataView(bomb.buffer).setUint32(20, 20_000);
    const { problems } = await prepare({ logo: { image: bomb } });
    expect(problems[0]).toMatchObject({ part: 'logo', code: 'MIXER_IMAGE_TOO_LARGE' });
  });
});

describe('logoRect', () => {
  const place = { marginRatio: 0.1, heightRatio: 0.1 } as const;

  it.each([
    ['topLeft', 128, 72],
    ['topRight', 1280 - 128 - 144, 72],
    ['bottomLeft', 128, 720 - 72 - 72],
    ['bottomRight', 1280 - 128 - 144, 720 - 72 - 72],
  ] as const)('%s keeps a tenth of the canvas free', (corner, x, y) => {
    expect(logoRect(canvas, { ...place, corner }, { width: 300, height: 150 })).toEqual({
      x,
      y,
      width: 144,
      height: 72,
    });
  });

  it('keeps the shape of a very wide and of a very tall logo', () => {
    const wide = logoRect(canvas, { ...place, corner: 'topLeft' }, { width: 4000, height: 100 });
    expect(wide).toMatchObject({ width: 320, height: 8 });
    const tall = logoRect(canvas, { ...place, corner: 'topLeft' }, { width: 10, height: 4000 });
    expect(tall).toMatchObject({ width: 2, height: 72 });
  });
});
