import { describe, expect, it } from 'vitest';
import { importScript } from '../../support/import-script.ts';

const { leftOut } = await importScript<{ leftOut: (output: string) => string }>('lib/run-checks.mjs');

describe('leftOut', () => {
  it('keeps of the output of a check that passed exactly the lines that say what was not checked', () => {
    expect(
      leftOut(
        'stderr | a.test.ts\n! Skipped, fonts are missing: emoji\n\n! Skipped, fonts are missing: emoji\n 3 passed ! \n',
      ),
    ).toBe('  ! Skipped, fonts are missing: emoji\n');
    expect(leftOut('all passed\n')).toBe('');
  });
});
