import { describe, expect, it } from 'vitest';
import { attendanceCsv } from '../../../../src/app/audience/attendance-csv.ts';

const row = (name: string | null) => ({
  viewerId: 'v1',
  name,
  firstSeenAtMs: Date.UTC(2026, 0, 1, 10),
  lastSeenAtMs: Date.UTC(2026, 0, 1, 10, 30),
  watchedMinutes: 29.5,
});

describe('attendanceCsv', () => {
  it('gives one line per page in UTC', () => {
    expect(attendanceCsv([row('Ada'), row(null)])).toBe(
      'viewer,name,first seen,last seen,minutes watched\r\n' +
        'v1,Ada,2026-01-01T10:00:00.000Z,2026-01-01T10:30:00.000Z,29.50\r\n' +
        'v1,,2026-01-01T10:00:00.000Z,2026-01-01T10:30:00.000Z,29.50\r\n',
    );
  });

  it.each([
    ['Lovelace, Ada', '"Lovelace, Ada"'],
    ['Ada "the" Countess', '"Ada ""the"" Countess"'],
    ['=1+1', "'=1+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['-2, +3', '"\'-2, +3"'],
  ])('of the name %s writes %s, which no spreadsheet computes', (name, field) => {
    expect(attendanceCsv([row(name)]).split('\r\n')[1]).toBe(
      `v1,${field},2026-01-01T10:00:00.000Z,2026-01-01T10:30:00.000Z,29.50`,
    );
  });
});
