/** docs/mixing-failure-modes.md: every failure mode has a test that exists, or a reason. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRepositoryFile, repositoryRoot } from '../../../scripts/docs/repository.ts';

const modeCount = 44;
const rows = readRepositoryFile('docs/mixing-failure-modes.md')
  .split('\n')
  .filter((line) => /^\| \d+ \|/.test(line))
  .map((line) => {
    const [number = '', , handling = '', tests = ''] = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    const named = [...tests.matchAll(/`([^`]+)` “([^”]+)”/g)].map(([, file, title]) => ({
      file: file!,
      title: title!,
    }));
    return { number: Number(number), handling, tests, named };
  });

describe('docs/mixing-failure-modes.md', () => {
  it('has every mode once, in order', () => {
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: modeCount }, (_, index) => index + 1));
  });

  it.each(rows.map((row) => [row.number, row] as const))('mode %i names tests that exist, or a reason', (_, row) => {
    if (row.named.length === 0) {
      expect(row.tests).toBe('—');
      expect(row.handling).toMatch(/^Cannot occur: .{40,}/);
    }
    for (const { file, title } of row.named) {
      expect(existsSync(path.join(repositoryRoot, file)), file).toBe(true);
      // As a whole title, between its quotation marks; `describe.each` may keep it in a table.
      const text = readRepositoryFile(file);
      const isThere = ["'", '"', '`'].some((quote) => text.includes(`${quote}${title}${quote}`));
      expect(isThere || text.includes(`\${codec}: ${title}`), `${file}: ${title}`).toBe(true);
    }
    // Nothing in the cell that the pattern above did not understand.
    expect(row.tests.replaceAll(/`[^`]+` “[^”]+”|<br>/g, '').trim()).toBe(row.named.length === 0 ? '—' : '');
  });
});
