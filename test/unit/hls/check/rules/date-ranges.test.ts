/** Rule 63 on values as they are written, before variables are put in. */
import { expect, it } from 'vitest';
import { checkDateRanges } from '../../../../../src/hls/check/rules/date-ranges.ts';
import { edited, found, goodVideo, media } from '../../../../support/hls-check/good-stream.ts';

function withCustom(value: string): string[] {
  const tags = [
    '#EXT-X-DEFINE:NAME="v",VALUE="text"',
    `#EXT-X-DATERANGE:ID="a",START-DATE="2026-01-01T00:00:10.000Z",X-COM-EXAMPLE-POLL=${value}`,
  ];
  const text = edited(goodVideo, /(?=#EXT-X-MAP)/, `${tags.join('\n')}\n`);
  return found((judge) => checkDateRanges(media(text), judge));
}

it.each([
  ['"any text"', []],
  ['"{$v}"', []],
  ['0xAF', []],
  ['-1.5', []],
  ['text', ['63 E']],
  ['{$v}', ['63 E']],
])('a custom attribute of a date range written %s is judged %j', (value, names) => {
  expect(withCustom(value)).toEqual(names);
});
