import { describe, expect, it } from 'vitest';
import { EncoderBudget } from '../../../../src/mixer/program/encoder-budget.ts';

const limits = { maxLossCount: 3, windowMs: 10_000, firstPauseMs: 200 };

describe('EncoderBudget', () => {
  it('pauseAfterLossMs is 0, 200, 400, then undefined for losses in a row', () => {
    const budget = new EncoderBudget(limits);
    expect([0, 100, 200, 300].map((atMs) => budget.pauseAfterLossMs(atMs))).toEqual([0, 200, 400, undefined]);
  });

  it('pauseAfterLossMs forgets losses that are older than the window', () => {
    const budget = new EncoderBudget(limits);
    expect([0, 9000, 11_000, 40_000].map((atMs) => budget.pauseAfterLossMs(atMs))).toEqual([0, 200, 200, 0]);
  });
});
