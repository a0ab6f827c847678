import { describe, expect, it } from 'vitest';
import { arrangeStage } from '../../../../src/mixer/layout/stage-order.ts';

describe('arrangeStage', () => {
  it('keeps join order while the first stays in the spotlight', () => {
    expect(arrangeStage([], ['a', 'b', 'c'], 'a')).toEqual(['a', 'b', 'c']);
    expect(arrangeStage(['a', 'b'], ['a', 'b', 'c'], 'a')).toEqual(['a', 'b', 'c']);
  });

  it('swaps the promoted one with the one on stage and moves nobody else', () => {
    expect(arrangeStage(['a', 'b', 'c', 'd'], ['a', 'b', 'c', 'd'], 'c')).toEqual(['c', 'b', 'a', 'd']);
    expect(arrangeStage(['c', 'b', 'a', 'd'], ['a', 'b', 'c', 'd'], 'a')).toEqual(['a', 'b', 'c', 'd']);
  });

  it('closes the gap when somebody in the strip leaves', () => {
    expect(arrangeStage(['a', 'b', 'c', 'd'], ['a', 'c', 'd'], 'a')).toEqual(['a', 'c', 'd']);
  });

  it('takes the promoted one out of the strip when the one on stage leaves', () => {
    expect(arrangeStage(['a', 'b', 'c', 'd'], ['b', 'c', 'd'], 'c')).toEqual(['c', 'b', 'd']);
  });

  it('keeps the former speaker in view when somebody beyond the strip is promoted', () => {
    const order = arrangeStage(['a', 'b', 'c', 'd', 'e', 'f', 'g'], ['a', 'b', 'c', 'd', 'e', 'f', 'g'], 'g');
    expect(order).toEqual(['g', 'b', 'c', 'd', 'a', 'f', 'e']);
  });

  it('gives nobody for an empty stage', () => {
    expect(arrangeStage(['a', 'b'], [], null)).toEqual([]);
  });
});
