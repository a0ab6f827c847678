import { describe, expect, it } from 'vitest';
import { sendLayersUpTo } from '../../../../web/src/stage/sent-layers.ts';

function sender(...active: boolean[]) {
  const applied: boolean[][] = [];
  return {
    applied,
    getParameters: () => ({ encodings: active.map((one) => ({ active: one })) }),
    setParameters: async ({ encodings }: { encodings: { active: boolean }[] }) =>
      void applied.push(encodings.map((encoding) => encoding.active)),
  };
}

describe('sendLayersUpTo', () => {
  it.each([
    [1, [true, true, false]],
    [0, [true, false, false]],
    [null, [false, false, false]],
  ] as const)('%s of three', async (layer, expected) => {
    const camera = sender(true, true, true);
    await sendLayersUpTo(camera, layer);
    expect(camera.applied).toEqual([expected]);
  });

  it('changes nothing that is so already, and nothing of a single layer', async () => {
    const camera = sender(true, true, false);
    await sendLayersUpTo(camera, 1);
    const screen = sender(true);
    await sendLayersUpTo(screen, null);
    expect([...camera.applied, ...screen.applied]).toEqual([]);
  });
});
