import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeJournalLine, parseJournal } from '../../../../src/recording/spool/journal-line.ts';

const records = fc.array(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean())), {
  maxLength: 12,
});
const encode = (all: readonly unknown[]) =>
  Buffer.from(all.map((record, index) => encodeJournalLine(index, record)).join(''));

describe('parseJournal', () => {
  it('gives back every record of an undamaged journal', () => {
    fc.assert(
      fc.property(records, (all) => {
        const bytes = encode(all);
        expect(parseJournal(bytes)).toEqual({
          records: JSON.parse(JSON.stringify(all)) as unknown,
          validBytes: bytes.length,
          isDamaged: false,
        });
      }),
    );
  });

  it('gives the whole lines before a cut at any byte and calls it a torn tail', () => {
    fc.assert(
      fc.property(records, fc.nat(), (all, at) => {
        const bytes = encode(all);
        const cut = bytes.subarray(0, bytes.length === 0 ? 0 : at % (bytes.length + 1));
        const wholeCount = cut.filter((byte) => byte === 0x0a).length;
        const parsed = parseJournal(cut);
        expect(parsed.isDamaged).toBe(false);
        expect(parsed.records).toEqual(JSON.parse(JSON.stringify(all.slice(0, wholeCount))));
        expect(parsed.validBytes).toBe(encode(all.slice(0, wholeCount)).length);
      }),
    );
  });

  it('never gives a record that was not written when a byte is changed, and tells damage before valid lines', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ value: fc.integer() }), { minLength: 2, maxLength: 8 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (all, at, xor) => {
          const bytes = encode(all);
          const position = at % bytes.length;
          const lineIndex = bytes.subarray(0, position).filter((byte) => byte === 0x0a).length;
          bytes[position] = bytes[position]! ^ xor;
          const parsed = parseJournal(bytes);
          expect(parsed.records).toEqual(all.slice(0, lineIndex));
          // A broken line end also swallows the next line, so damage is only certain when two follow.
          if (lineIndex < all.length - 2) expect(parsed.isDamaged).toBe(true);
        },
      ),
    );
  });

  it('reads any bytes without throwing', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void parseJournal(bytes)));
  });
});
