import { describe, expect, it } from 'vitest';
import { waitFor } from '../../support/wait-for.ts';

const quick = { deadlineMs: 60, intervalMs: 5 };

describe('waitFor', () => {
  it('resolves with the first value that is one', async () => {
    const answers = [undefined, null, false, 0];
    expect(await waitFor('an answer', () => answers.shift(), quick)).toBe(0);
  });

  it('rejects with the label and the last value or error', async () => {
    await expect(waitFor('rain', () => false, quick)).rejects.toThrow('Waited 60 ms for rain; last value: false');
    const failing = () => Promise.reject(new Error('dry'));
    await expect(waitFor('rain', failing, quick)).rejects.toThrow('last error: dry');
  });

  it('rejects at the deadline when a probe hangs, with what was seen before', async () => {
    let callCount = 0;
    const hanging = () => (++callCount === 1 ? false : new Promise<boolean>(() => undefined));
    await expect(waitFor('rain', hanging, quick)).rejects.toThrow('last value: false');
  });
});
