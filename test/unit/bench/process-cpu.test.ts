import { describe, expect, it } from 'vitest';
import { coresBetween, parseStatTimes, sampleTree } from '../../../bench/lib/process-cpu.ts';

const process = (pid: number, kind: string, ownTicks: number, endedChildTicks = 0) => ({
  pid,
  kind,
  ownTicks,
  endedChildTicks,
});

describe('parseStatTimes', () => {
  it('reads utime + stime and cutime + cstime, whatever the name in parentheses holds', () => {
    const stat = '42 (a) b (c) S 1 42 42 0 -1 4194304 100 200 0 0 11 22 33 44 20 0 7 0 12345 0 0';
    expect(parseStatTimes(stat)).toEqual({ ownTicks: 33, endedChildTicks: 77 });
  });
});

describe('coresBetween', () => {
  it('gives the cores of the whole tree and of each kind', () => {
    const before = { atMs: 0, processes: [process(1, 'node', 100), process(2, 'ffmpeg', 50), process(3, 'ffmpeg', 0)] };
    const after = {
      atMs: 2000,
      processes: [process(1, 'node', 150), process(2, 'ffmpeg', 70), process(3, 'ffmpeg', 10)],
    };
    expect(coresBetween(before, after)).toEqual({ cores: 0.4, coresByKind: { node: 0.25, ffmpeg: 0.15 } });
  });

  it('counts a process that came in between from its beginning', () => {
    const before = { atMs: 0, processes: [process(1, 'node', 100)] };
    const after = { atMs: 1000, processes: [process(1, 'node', 100), process(2, 'ffmpeg', 30)] };
    expect(coresBetween(before, after).coresByKind).toEqual({ node: 0, ffmpeg: 0.3 });
  });

  it('counts what an ended process used within the interval, and not what it had used before', () => {
    const before = { atMs: 0, processes: [process(1, 'node', 100), process(2, 'ffmpeg', 400)] };
    const after = { atMs: 1000, processes: [process(1, 'node', 110, 450)] };
    expect(coresBetween(before, after)).toEqual({ cores: 0.6, coresByKind: { node: 0.1, ended: 0.5 } });
  });

  it('counts a process that came and ended in between', () => {
    const before = { atMs: 0, processes: [process(1, 'node', 0, 10)] };
    const after = { atMs: 1000, processes: [process(1, 'node', 0, 35)] };
    expect(coresBetween(before, after).cores).toBe(0.25);
  });

  it('refuses a tree whose root is gone, and two samples of one moment', () => {
    const before = { atMs: 0, processes: [process(1, 'node', 100)] };
    expect(() => coresBetween(before, { atMs: 1000, processes: [] })).toThrow('has ended');
    expect(() => coresBetween(before, before)).toThrow('same moment');
  });
});

describe('sampleTree', () => {
  it('of this process has it first, by the kind that its arguments say', () => {
    const sample = sampleTree(globalThis.process.pid, ({ args }) => (args.length > 0 ? 'known' : 'unknown'));
    expect(sample.processes[0]).toMatchObject({ pid: globalThis.process.pid, kind: 'known' });
    expect(sample.processes[0]!.ownTicks).toBeGreaterThanOrEqual(0);
  });
});
