import { describe, expect, it } from 'vitest';
import { layerForHeight, programLayer } from '../../../src/sfu-cascade/layer-policy.ts';
import { sfuLimits } from '../../../src/sfu-cascade/limits.ts';

describe('layerForHeight', () => {
  it('gives the smallest layer that fills the tile, up to the enlargement, and the largest to what none fills', () => {
    const layers = [0, 180, 198, 199, 360, 396, 397, 720, 2000].map((heightPx) => layerForHeight(3, heightPx, 1.1));
    expect(layers).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2]);
    expect(layerForHeight(1, 2000, 1.1)).toBe(0);
    expect(layerForHeight(2, 361, 1)).toBe(1);
  });
});

describe('programLayer', () => {
  const small = { peerId: 'ann', tileLayer: 0, topLayer: 2 };
  const { maxPicturesInFull } = sfuLimits;

  it('wants every picture in full while there are few', () => {
    expect(programLayer(small, maxPicturesInFull, null)).toBe(2);
  });

  it('of many wants in full who speaks, whose tile has yet to grow, and of the others what fills their tile', () => {
    expect(programLayer(small, maxPicturesInFull + 1, 'ann')).toBe(2);
    expect(programLayer(small, maxPicturesInFull + 1, 'ben')).toBe(0);
    expect(programLayer({ ...small, tileLayer: 1 }, maxPicturesInFull + 1, null)).toBe(1);
  });
});
