import { describe, expect, it } from 'vitest';
import { type Bench, type BenchContext, type BenchReport } from '../../../bench/lib/bench.ts';
import { BenchRun } from '../../../bench/lib/bench-run.ts';

const report: BenchReport = { fields: { answer: 42 }, conditions: {}, warnings: [] };

function benchOf(run: (context: BenchContext) => Promise<BenchReport>): Bench {
  return { name: 'test', summary: '', peer: '', options: {}, run };
}

describe('BenchRun.run', () => {
  it('resolves with the report after everything was released, the newest first', async () => {
    const order: string[] = [];
    const bench = benchOf(async ({ defer }) => {
      for (const name of ['server', 'browser']) {
        defer(async () => {
          await Promise.resolve();
          order.push(name);
        });
      }
      return report;
    });
    await expect(new BenchRun(() => undefined).run(bench, {})).resolves.toBe(report);
    expect(order).toEqual(['browser', 'server']);
  });

  it('rejects with the error of the bench, and releases all the same', async () => {
    let isReleased = false;
    const bench = benchOf(async ({ defer }) => {
      defer(() => (isReleased = true));
      throw new Error('nothing to measure');
    });
    await expect(new BenchRun(() => undefined).run(bench, {})).rejects.toThrow('nothing to measure');
    expect(isReleased).toBe(true);
  });

  it('rejects when something could not be released, after releasing the rest', async () => {
    let isReleased = false;
    const bench = benchOf(async ({ defer }) => {
      defer(() => (isReleased = true));
      defer(() => Promise.reject(new Error('still there')));
      return report;
    });
    await expect(new BenchRun(() => undefined).run(bench, {})).rejects.toThrow('still there');
    expect(isReleased).toBe(true);
  });
});

describe('BenchRun.interrupt', () => {
  it('aborts the signal that waiting listens to', async () => {
    const run = new BenchRun(() => undefined);
    const bench = benchOf(async ({ signal }) => {
      run.interrupt('SIGTERM');
      signal.throwIfAborted();
      return report;
    });
    await expect(run.run(bench, {})).rejects.toThrow('interrupted by SIGTERM');
  });

  it('releases at once, and what is made afterwards is released too', async () => {
    const order: string[] = [];
    const run = new BenchRun(() => undefined);
    const { promise: serverGone, resolve } = Promise.withResolvers<void>();
    const bench = benchOf(async ({ defer }) => {
      defer(() => {
        order.push('server');
        resolve();
      });
      run.interrupt('SIGINT');
      await serverGone;
      defer(() => order.push('browser'));
      return report;
    });
    await expect(run.run(bench, {})).rejects.toThrow('interrupted by SIGINT');
    expect(order).toEqual(['server', 'browser']);
  });
});
