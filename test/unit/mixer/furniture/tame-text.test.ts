import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tame } from '../../../../src/mixer/furniture/tame-text.ts';

describe('tame', () => {
  it.each([
    ['four lines of control', 'Ada\r\n\u0000\u0007Love\u2028lace', 'Ada Love lace'],
    ['marks that reorder', '\u202egnp.exe\u2066\u200f', 'gnp.exe'],
    ['a tower of marks', `Z${'\u0335\u0336\u0337\u0338'.repeat(50)}algo`, 'Z\u0335\u0336\u0337algo'],
    ['marks without a letter', '\u0301\u0301abc', 'abc'],
    ['zero-width spaces', 'a\u200b\u2060\ufeffb', 'ab'],
    ['idle joiners', '\u200d a\u200d\u200d\u200db \u200c', 'a\u200db'],
    ['hidden tags', 'a\u{e0041}\u{e0042}b', 'ab'],
    ['private and unassigned code points', 'a\ue000\u{10fffd}\uffffb', 'ab'],
    ['letters without ink', 'a\u3164\u115fb', 'ab'],
  ])('of %s leaves what is harmless', (_, text, tamed) => {
    expect(tame(text, 200)).toBe(tamed);
  });

  it.each([
    ['Vietnamese', 'Nguyễn Thị Ngọc'],
    ['Hebrew with points', 'שָׁלוֹם'.normalize('NFC')],
    ['Persian with a non-joiner', 'می‌خواهم'],
    ['Devanagari with a joiner', 'क्‍ष श्री'],
    ['Thai', 'สวัสดี น้ำ'],
    ['a family', '👨‍👩‍👧‍👦'],
    ['a skin tone and a profession', '👩🏽‍🚀'],
    ['a flag of a country', '🇩🇪'],
    ['a flag of a region', '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}'],
    ['a keycap and a heart', '1️⃣ ❤️'],
  ])('of %s changes nothing', (_, text) => {
    expect(tame(text, 200)).toBe(text);
  });

  it.each(['', ' \n\t', '\u200b\u200d\ufeff', '\u3164', '\u0301\u0301', '\ue000'])(
    'of %j, in which nothing is visible, gives nothing',
    (text) => {
      expect(tame(text, 200)).toBe('');
    },
  );

  it('of long text cuts between graphemes', () => {
    expect(tame('👩🏽‍🚀'.repeat(100), 20)).toBe('👩🏽‍🚀'.repeat(2));
    expect(tame('x'.repeat(10_000), 20)).toBe('x'.repeat(20));
  });

  it('of anything gives one bounded, well-formed line without towers', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 1, max: 100 }), (text, max) => {
        const tamed = tame(text, max);
        expect(tamed.length).toBeLessThanOrEqual(max);
        expect(tamed.isWellFormed()).toBe(true);
        expect(tamed).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
        expect(tamed).not.toMatch(/[\p{Mn}\p{Me}]{4}/u);
        expect(tamed).toBe(tamed.trim());
      }),
    );
  });
});
