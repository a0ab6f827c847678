import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateRangeTag } from '../../../../src/media/m3u8/date-range.ts';
import { readAttributeList } from '../../../../src/hls/check/playlist/attribute-list.ts';

const range = {
  id: 'speaker-3',
  kind: 'speaker',
  startMs: Date.UTC(2026, 0, 1, 12, 0, 0, 250.4),
  endMs: undefined,
  attributes: { NAME: 'Ada Lovelace' },
};

describe('dateRangeTag', () => {
  it('lasts until the next of its class without an end', () => {
    expect(dateRangeTag(range)).toBe(
      '#EXT-X-DATERANGE:ID="speaker-3",CLASS="org.rostrum.speaker",START-DATE="2026-01-01T12:00:00.250Z",END-ON-NEXT=YES,X-ORG-ROSTRUM-NAME="Ada Lovelace"',
    );
  });

  it('has a duration with an end', () => {
    const text = dateRangeTag({ ...range, endMs: range.startMs + 1500 });
    expect(text).toContain(',DURATION=1.500,');
    expect(text).not.toContain('END-ON-NEXT');
  });

  it('keeps any text in one well-formed attribute that decodes to it', () => {
    const hostile = fc.constantFrom(
      '"',
      '%',
      '%22',
      '\n',
      '\r',
      ',X-A="',
      '#EXT-X-ENDLIST',
      '\u0000',
      '\u0085',
      'ü',
      '字',
      'e',
      '\u0301',
      '\u0338',
      '\u212b',
    );
    const anyText = fc.array(fc.oneof(hostile, fc.string({ unit: 'binary' }))).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(anyText, (text) => {
        const tag = dateRangeTag({ ...range, attributes: { TEXT: text } });
        expect(tag).not.toMatch(/[\p{Cc}]/u);
        expect(tag).toBe(tag.normalize('NFC'));
        const refuse = (rule: number, expected: string) => expect.fail(`rule ${rule}: expected ${expected}`);
        const { attributes } = readAttributeList(tag.slice('#EXT-X-DATERANGE:'.length), refuse);
        const written = attributes.get('X-ORG-ROSTRUM-TEXT')!;
        expect(decodeURIComponent(written)).toBe(text.toWellFormed().normalize('NFC'));
      }),
    );
  });
});
