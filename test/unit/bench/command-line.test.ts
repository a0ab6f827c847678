import { describe, expect, it } from 'vitest';
import { type Bench } from '../../../bench/lib/bench.ts';
import { parseCommand, UsageError } from '../../../bench/lib/command-line.ts';

const noReport = async () => ({ fields: {}, conditions: {}, warnings: [] });
const weight: Bench = {
  name: 'weight',
  summary: 'how heavy it is',
  peer: 'nobody',
  options: { runs: { fallback: 3, min: 1, max: 9, help: 'how often' } },
  run: noReport,
};
const benches = [weight, { ...weight, name: 'height', options: {} }];

describe('parseCommand', () => {
  it('takes defaults for what is not given, and the given values', () => {
    expect(parseCommand(['weight'], benches)).toEqual({ bench: weight, options: { runs: 3 }, isJson: false });
    expect(parseCommand(['weight', '--runs', '9', '--json'], benches)).toEqual({
      bench: weight,
      options: { runs: 9 },
      isJson: true,
    });
  });

  it('takes a flag without a value as 1, and shows it without one', () => {
    const flag = { fallback: 0, min: 0, max: 1, help: 'with others', isFlag: true } as const;
    const flagged = [{ ...weight, options: { ...weight.options, others: flag } }];
    expect(parseCommand(['weight', '--others'], flagged).options).toEqual({ runs: 3, others: 1 });
    expect(parseCommand(['weight'], flagged).options).toEqual({ runs: 3, others: 0 });
    expect(() => parseCommand(['weight', '--others=1'], flagged)).toThrow(/--others  with others/);
  });

  it.each([[[]], [['volume']], [['--json']]])('refuses %j and lists every bench', (args) => {
    expect(() => parseCommand(args, benches)).toThrow(UsageError);
    expect(() => parseCommand(args, benches)).toThrow(/weight: how heavy[^]*--runs N[^]*height:/);
  });

  it.each(['0', '10', '1.5', 'many', ''])('refuses --runs %j and names the limits', (value) => {
    expect(() => parseCommand(['weight', '--runs', value], benches)).toThrow('from 1 to 9');
  });

  it.each([['--walks', '2'], ['--runs'], ['more']])('refuses %j and shows the options of the bench', (...args) => {
    expect(() => parseCommand(['weight', ...args], benches)).toThrow(UsageError);
    expect(() => parseCommand(['weight', ...args], benches)).toThrow('--runs N  how often (3)');
  });
});
