import { describe, expect, it } from 'vitest';
import { importScript } from '../../support/import-script.ts';

interface FileResult {
  readonly name: string;
  readonly status: string;
  readonly message?: string;
  readonly assertionResults: readonly { readonly status: string }[];
}

const { summarize } = await importScript<{
  summarize: (
    report: { testResults: readonly FileResult[] } | undefined,
    exitCode: number,
  ) => { line: string; isGreen: boolean; remarks: string[] };
}>('lib/test-summary.mjs');

function file(...statuses: string[]): FileResult {
  const status = statuses.includes('failed') ? 'failed' : 'passed';
  return { name: 'a.test.ts', status, assertionResults: statuses.map((each) => ({ status: each })) };
}

describe('summarize', () => {
  it('counts passed and failed tests, and says how many were skipped', () => {
    const report = { testResults: [file('passed', 'failed', 'skipped'), file('passed')] };
    expect(summarize(report, 1)).toMatchObject({ line: '2 passed, 1 failed', isGreen: false });
    expect(summarize({ testResults: [file('passed', 'pending')] }, 0)).toMatchObject({
      line: '1 passed, 0 failed',
      isGreen: true,
      remarks: ['1 skipped.'],
    });
  });

  it('counts a file that did not load as one failure and names it', () => {
    const broken = { name: 'b.test.ts', status: 'failed', message: 'SyntaxError: x\nat y', assertionResults: [] };
    const { line, remarks } = summarize({ testResults: [file('passed'), broken] }, 1);
    expect(line).toBe('1 passed, 1 failed');
    expect(remarks).toEqual(['Failed as a whole: b.test.ts: SyntaxError: x']);
  });

  it.each([
    ['no report', undefined, 0],
    ['no files', { testResults: [] }, 0],
    ['only skipped tests', { testResults: [file('skipped')] }, 0],
  ])('is red with one failure for %s', (_what, report, exitCode) => {
    expect(summarize(report, exitCode)).toMatchObject({ line: '0 passed, 1 failed', isGreen: false });
  });

  it('is red when every test passed and the run still ended badly', () => {
    const { line, isGreen } = summarize({ testResults: [file('passed')] }, 1);
    expect([line, isGreen]).toEqual(['1 passed, 1 failed', false]);
  });
});
