import { describe, expect, it } from 'vitest';
import { busyWarnings, parseCpuTicks, startLoad } from '../../../bench/lib/machine-load.ts';

describe('parseCpuTicks', () => {
  it('adds up the first line of /proc/stat without the guest time that user time holds already', () => {
    const text = 'cpu  100 10 50 800 20 3 7 10 60 5\ncpu0 1 1 1 1 1 1 1 1 1 1\n';
    expect(parseCpuTicks(text)).toEqual({ total: 1000, idle: 820, stolen: 10 });
  });
});

describe('startLoad', () => {
  it('warns above half a process per core, and names load and cores', () => {
    expect(startLoad([1.004, 1, 1], 2)).toMatchObject({
      load: [1, 1, 1],
      warnings: [expect.stringContaining('1.00 on 2')],
    });
    expect(startLoad([1, 9, 9], 2).warnings).toEqual([]);
  });
});

describe('busyWarnings', () => {
  it('says so when the machine was nearly full', () => {
    expect(busyWarnings(0.95)).toEqual([expect.stringContaining('95 % busy')]);
    expect(busyWarnings(0.95, 'direct')).toEqual([expect.stringMatching(/^direct: The machine/)]);
    expect(busyWarnings(0.9)).toEqual([]);
  });
});
