import { describe, expect, it } from 'vitest';
import { KeyframeGate } from '../../../../src/mixer/input/keyframe-gate.ts';
import { RestartBudget } from '../../../../src/mixer/input/restart-budget.ts';
import { type Vp8Numbering } from '../../../../src/mixer/input/video-frame.ts';

const bytes = new Uint8Array();
const h264 = (isKeyframe: boolean, isAfterLoss = false) => ({
  frame: { bytes, timestamp: 0, isKeyframe, vp8: undefined },
  isAfterLoss,
});
const vp8 = (numbering: Partial<Vp8Numbering>, isAfterLoss = false, isKeyframe = false) => ({
  frame: {
    bytes,
    timestamp: 0,
    isKeyframe,
    vp8: {
      pictureId: undefined,
      pictureIdRange: 32_768,
      tl0PicIdx: undefined,
      temporalLayer: 0,
      isLayerSync: false,
      ...numbering,
    },
  },
  isAfterLoss,
});

describe('KeyframeGate.admit', () => {
  it('deltas pass only after a keyframe, and after a loss only after the next one', () => {
    const gate = new KeyframeGate();
    const frames = [h264(false), h264(true), h264(false), h264(false, true), h264(false), h264(true), h264(false)];
    expect(frames.map((frame) => gate.admit(frame))).toEqual([false, true, true, false, false, true, true]);
  });

  it('close shuts it for everything but a keyframe', () => {
    const gate = new KeyframeGate();
    gate.admit(h264(true));
    gate.close();
    expect(gate.admit(h264(false))).toBe(false);
    expect(gate.state).toBe('closed');
  });

  it('a loss that took no picture, as PictureID shows across its wrap, changes nothing', () => {
    const gate = new KeyframeGate();
    gate.admit(vp8({ pictureId: 32_767 }, false, true));
    expect(gate.admit(vp8({ pictureId: 0 }, true))).toBe(true);
    expect(gate.admit(vp8({ pictureId: 2 }, true))).toBe(false);
  });

  it('a lost higher-layer picture costs that layer until a sync picture; the base goes on', () => {
    const gate = new KeyframeGate();
    gate.admit(vp8({ pictureId: 1, tl0PicIdx: 255, temporalLayer: 0 }, false, true));
    // 2 (layer 1) is lost.
    expect(gate.admit(vp8({ pictureId: 3, tl0PicIdx: 0, temporalLayer: 0 }, true))).toBe(true);
    expect(gate.state).toBe('baseOnly');
    expect(gate.admit(vp8({ pictureId: 4, tl0PicIdx: 0, temporalLayer: 1 }))).toBe(false);
    expect(gate.admit(vp8({ pictureId: 5, tl0PicIdx: 1, temporalLayer: 0 }))).toBe(true);
    expect(gate.admit(vp8({ pictureId: 6, tl0PicIdx: 1, temporalLayer: 1, isLayerSync: true }))).toBe(true);
    expect(gate.state).toBe('open');
    expect(gate.admit(vp8({ pictureId: 7, tl0PicIdx: 2, temporalLayer: 0 }))).toBe(true);
  });

  it('a lost base picture closes it, whatever layer shows the loss', () => {
    for (const next of [
      { pictureId: 3, tl0PicIdx: 12, temporalLayer: 0 },
      { pictureId: 3, tl0PicIdx: 11, temporalLayer: 1, isLayerSync: true },
    ]) {
      const gate = new KeyframeGate();
      gate.admit(vp8({ pictureId: 1, tl0PicIdx: 10 }, false, true));
      expect(gate.admit(vp8(next, true))).toBe(false);
      expect(gate.state).toBe('closed');
    }
  });
});

describe('RestartBudget.pauseAfterFailureMs', () => {
  it('pauses double, the fourth failure rests until the window is over', () => {
    const budget = new RestartBudget({ maxRestarts: 3, windowMs: 30_000, firstPauseMs: 100 });
    expect([0, 1000, 2000, 3000].map((atMs) => budget.pauseAfterFailureMs(atMs))).toEqual([100, 200, 400, 27_000]);
    expect(budget.pauseAfterFailureMs(60_000)).toBe(100);
  });
});
