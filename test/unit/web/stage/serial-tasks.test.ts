import { describe, expect, it } from 'vitest';
import { SerialTasks } from '../../../../web/src/stage/serial-tasks.ts';

describe('SerialTasks.run', () => {
  it('starts a task only when the one before has ended, also when that failed', async () => {
    const tasks = new SerialTasks();
    const log: string[] = [];
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const first = tasks.run(async () => {
      await gate;
      log.push('first');
      throw new Error('first failed');
    });
    const second = tasks.run(async () => {
      log.push('second');
      return 2;
    });
    release();
    await expect(first).rejects.toThrow('first failed');
    await expect(second).resolves.toBe(2);
    expect(log).toEqual(['first', 'second']);
  });
});
