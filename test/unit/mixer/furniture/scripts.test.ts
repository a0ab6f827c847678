/** Any script is drawn with glyphs, shaped and in its direction. Needs the fonts that set-up installs, also for `npm run check`. */
import { createCanvas } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { resolveTheme } from '../../../../src/mixer/furniture/themes.ts';
import { directionOf, fillLine, font, glyphLanguageOf } from '../../../../src/mixer/furniture/typography.ts';
import { hasFonts } from '../../../support/fonts.ts';

const theme = resolveTheme();
const size = { width: 320, height: 64 };

function draw(text: string) {
  const canvas = createCanvas(size.width, size.height);
  const context = canvas.getContext('2d');
  context.font = font(theme, 600, 32);
  context.fillStyle = '#ffffff';
  fillLine(context, text, 8, 44);
  const { data } = context.getImageData(0, 0, size.width, size.height);
  return { data, ink: Buffer.from(data).toString('base64'), width: context.measureText(text).width };
}

/** Where there is ink, as columns from the left. */
function inkColumns(data: Uint8ClampedArray): number[] {
  return Array.from({ length: size.width }, (_, x) => x).filter((x) =>
    Array.from({ length: size.height }, (_, y) => data[4 * (y * size.width + x) + 3]!).some((alpha) => alpha > 100),
  );
}

describe.skipIf(!hasFonts('how names in every script are drawn'))('fillLine', () => {
  it.each([
    ['Latin', 'aßŁñ'],
    ['Greek and Cyrillic', 'ΩλДжї'],
    ['Arabic', 'محدع'],
    ['Hebrew', 'אבגש'],
    ['Devanagari', 'कखगण'],
    ['Bengali', 'কখগণ'],
    ['Tamil', 'கஙசட'],
    ['Thai', 'กขคง'],
    ['Georgian and Armenian', 'აბԱԲ'],
    ['Ethiopic', 'ሀለሐመ'],
    ['Chinese', '王小明国'],
    ['Japanese', 'さくらサ'],
    ['Korean', '김철수한'],
    ['emoji', '😀🎉🚀☕'],
  ])('of %s draws every letter differently, and none as the box of a missing glyph', (_, letters) => {
    const missing = ['\uffff', '\u{10ffff}'].map((text) => draw(text).ink);
    const drawn = Array.from(letters, (letter) => draw(letter).ink);
    expect(new Set([...drawn, draw('').ink, ...missing.slice(0, 1)]).size).toBe(drawn.length + 2);
    for (const ink of drawn) expect(missing).not.toContain(ink);
  });

  it('of Arabic joins the letters', () => {
    const joined = draw('محمد');
    const apart = draw('م\u200cح\u200cم\u200cد');
    expect(joined.ink).not.toBe(apart.ink);
    expect(joined.width).toBeLessThan(apart.width);
  });

  it('of Devanagari forms conjuncts', () => {
    expect(draw('क्ष').width).toBeLessThan(draw('क').width + draw('ष').width);
  });

  it.each(['👨‍👩‍👧‍👦', '🇩🇪', '👩🏽‍🚀', '1️⃣'])('of %s draws one emoji', (emoji) => {
    expect(draw(emoji).width).toBeLessThan(1.3 * draw('😀').width);
  });

  it('of Han characters draws them as the language of the line has them', () => {
    const shapeOf = (line: string) => {
      const canvas = createCanvas(size.width, size.height);
      const context = canvas.getContext('2d');
      context.font = font(theme, 600, 32);
      fillLine(context, line, 8, 44);
      const data = context.getImageData(8, 0, 5 * 32, size.height).data;
      return Buffer.from(data).toString('base64');
    };
    const [chinese, japanese, korean, traditional] = ['直骨海関令', '直骨海関令さ', '直骨海関令한', '直骨海関令ㄅ'].map(
      shapeOf,
    );
    expect(japanese).not.toBe(chinese);
    expect(korean).not.toBe(japanese);
    expect(traditional).not.toBe(chinese);
  });

  it('of a flag draws it in colour', () => {
    const { data } = draw('🇩🇪');
    const isColoured = (at: number) => data[at + 3]! > 200 && data[at]! - data[at + 2]! > 80;
    expect(Array.from({ length: data.length / 4 }, (_, index) => 4 * index).some(isColoured)).toBe(true);
  });

  it('of mixed text puts a line that begins in Arabic from right to left, at the same left edge', () => {
    expect([directionOf('محمد (host)'), directionOf('Ada محمد'), directionOf('123 שלום'), directionOf('…')]).toEqual([
      'rtl',
      'ltr',
      'rtl',
      'ltr',
    ]);
    const columns = inkColumns(draw('محمد …').data);
    expect(columns[0]).toBeGreaterThanOrEqual(8);
    expect(columns[0]).toBeLessThan(14);
    // The ellipsis stands at the end of the line, which is at the left.
    const gap = columns.findIndex((x, index) => index > 0 && x - columns[index - 1]! > 5);
    expect(columns[gap]! - columns[0]!).toBeLessThan(60);
  });
});

describe('glyphLanguageOf', () => {
  it.each([
    ['王小明', 'zh-Hans'],
    ['田中さくら', 'ja'],
    ['김철수 金', 'ko'],
    ['ㄅ 王', 'zh-Hant'],
    ['Ada', 'und'],
    ['', 'und'],
  ])('of %j gives %s', (text, language) => {
    expect(glyphLanguageOf(text)).toBe(language);
  });
});
