import { describe, expect, it } from 'vitest';
import { renderReport } from '../../../bench/lib/report.ts';

describe('renderReport', () => {
  it('gives one aligned line per figure, with dotted names', () => {
    const text = renderReport({
      bench: 'start',
      firstPartMs: { p50: 800, p95: 900 },
      runs: [{ cores: 0.5 }],
      load: [0.1, 0.2],
      warnings: [],
    });
    expect(text.split('\n')).toEqual([
      'bench            start',
      'firstPartMs.p50  800',
      'firstPartMs.p95  900',
      'runs.0.cores     0.5',
      'load             0.1 0.2',
      'warnings         none',
    ]);
  });
});
