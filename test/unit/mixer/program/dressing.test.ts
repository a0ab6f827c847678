import { createCanvas } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../src/core/clock.ts';
import { brandingSchema } from '../../../../src/mixer/branding.ts';
import { createI420 } from '../../../../src/mixer/picture/i420.ts';
import { type MixerEvent } from '../../../../src/mixer/ports.ts';
import { Dressing } from '../../../../src/mixer/program/dressing.ts';
import { itDrawsText } from '../../../support/fonts.ts';

const canvas = { width: 640, height: 360, frameRate: 30 };

function dress() {
  const clock = new FakeClock();
  const events: MixerEvent[] = [];
  const dressing = new Dressing({ canvas, title: 'A title', clock, emit: (event) => void events.push(event) });
  const advance = (tick: number) => dressing.advance(tick, { frameIndex: tick - 10, mediaTimeSec: 12 + tick / 30 });
  return { clock, events, dressing, advance };
}

const logo = new Uint8Array(createCanvas(40, 20).toBuffer('image/png'));

describe('Dressing', () => {
  it('setBranding changes the furniture on the next frame and tells which', async () => {
    const { dressing, advance, events } = dress();
    const before = dressing.furniture;
    await dressing.setBranding(brandingSchema.parse({ banner: { text: 'News' }, logo: { image: logo } }));
    expect(dressing.furniture).toBe(before);
    advance(40);
    expect(dressing.furniture).not.toBe(before);
    expect(dressing.furniture.programOverlays).toHaveLength(2);
    expect(events).toEqual([{ type: 'brandingApplied', frameIndex: 30, problems: [] }]);
    advance(41);
    expect(events).toHaveLength(1);
  });

  it('setBranding twice in a row shows the last one only, whichever is ready first', async () => {
    const { dressing, advance, events } = dress();
    const first = dressing.setBranding(brandingSchema.parse({ logo: { image: logo } }));
    await dressing.setBranding(brandingSchema.parse({}));
    await first;
    advance(40);
    expect(dressing.furniture.programOverlays).toEqual([]);
    expect(events).toHaveLength(1);
  });

  it('setBranding with a picture that cannot be used names it', async () => {
    const { dressing, advance, events } = dress();
    await dressing.setBranding(brandingSchema.parse({ logo: { image: logo.slice(0, 40) } }));
    advance(40);
    expect(events).toMatchObject([{ problems: [{ part: 'logo', code: 'MIXER_IMAGE_INVALID' }] }]);
  });

  itDrawsText('a look with the same ticker lets it run on, another one begins anew', async () => {
    const { dressing, advance } = dress();
    const drawn = (tick: number) => {
      const picture = createI420(canvas.width, canvas.height, { y: 16, u: 128, v: 128 });
      dressing.drawTicker(picture, tick);
      return picture.data;
    };
    expect(new Set(drawn(10).subarray(0, 640 * 360))).toEqual(new Set([16]));
    await dressing.setBranding(brandingSchema.parse({ ticker: 'Hello' }));
    advance(100);
    const running = drawn(300);
    await dressing.setBranding(brandingSchema.parse({ ticker: 'Hello', banner: { text: 'News' } }));
    advance(200);
    expect(drawn(300)).toEqual(running);
    await dressing.setBranding(brandingSchema.parse({ ticker: 'Other' }));
    advance(300);
    expect(drawn(300)).not.toEqual(running);
  });

  it('setScene is shown from the next frame on, tells which, and blends when asked to', () => {
    const { dressing, advance, events, clock } = dress();
    expect(dressing.slateAt(9)).toBeUndefined();
    dressing.setScene({ kind: 'backSoon' }, true);
    expect(dressing.slateAt(9)).toBeUndefined();
    expect(advance(10)).toBe(true);
    expect(dressing.slateAt(10)).toBe(dressing.slateAt(11));
    expect(events).toEqual([
      { type: 'sceneApplied', kind: 'backSoon', frameIndex: 0, mediaTimeSec: 12 + 10 / 30, atWallMs: clock.wallMs() },
    ]);
    dressing.setScene({ kind: 'live' }, false);
    expect(advance(12)).toBe(false);
    expect(dressing.slateAt(12)).toBeUndefined();
  });

  it('a countdown shows another picture exactly once per second of frames, until "starting now"', () => {
    const { dressing, advance, clock } = dress();
    dressing.setScene({ kind: 'countdown', untilWallMs: clock.wallMs() + 3000 }, false);
    advance(50);
    const changes: number[] = [];
    let last = dressing.slateAt(50);
    for (let tick = 51; tick < 250; tick++) {
      const slate = dressing.slateAt(tick);
      if (slate !== last) changes.push(tick);
      last = slate;
    }
    expect(changes).toEqual([80, 110, 140]);
  });
});
