import { createCanvas } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { brandingSchema } from '../../../src/mixer/branding.ts';
import { Furniture } from '../../../src/mixer/furniture/furniture.ts';
import { prepareLook } from '../../../src/mixer/furniture/prepare-look.ts';
import { type Tile } from '../../../src/mixer/layout/layout.ts';
import { rgbToYuv } from '../../../src/mixer/picture/colour.ts';
import { createI420 } from '../../../src/mixer/picture/i420.ts';
import { type PlacedSprite } from '../../../src/mixer/picture/sprite.ts';
import { Compositor } from '../../../src/mixer/program/compositor.ts';
import { FramePool } from '../../../src/mixer/program/frame-pool.ts';
import { decodeAudio, decodeFrame, decodeVideo, isColour, psnrDb, toneLevelDb } from '../../support/mixer/judge.ts';
import { type Moment, person, playProgram, sourceOf } from '../../support/mixer/play-program.ts';
import { testRunOptions } from '../../support/mixer/run-options.ts';

const toneHz = 440;
const colour = { r: 200, g: 40, b: 40 };
const contents = new Map([['a', { colour, toneHz, amplitude: 0.25 }]]);
const centre = { x: 640, y: 250 };

const enter: Moment = {
  frame: 3,
  act: ({ run }) => {
    run.handle({ type: 'addSource', source: sourceOf('a', 'camera') });
    run.handle({ type: 'addSource', source: sourceOf('a', 'microphone') });
    run.handle({ type: 'setParticipants', participants: [person('a')] });
  },
};

describe('setScene', () => {
  it('hides and silences the stage from one frame on, and a crossfade brings it back within 8 frames', async () => {
    const { log } = await playProgram(
      contents,
      [
        enter,
        { frame: 30, act: ({ run }) => run.handle({ type: 'setScene', scene: { kind: 'backSoon' } }) },
        { frame: 60, act: ({ run }) => run.handle({ type: 'setScene', scene: { kind: 'live' }, crossfade: true }) },
      ],
      90,
    );
    const applied = log.of('sceneApplied');
    expect(applied.map(({ kind, frameIndex }) => [kind, frameIndex])).toEqual([
      ['backSoon', 30],
      ['live', 60],
    ]);
    expect(applied[0]!.mediaTimeSec).toBeCloseTo(10 + 1, 6);

    const video = await decodeVideo(log.media('video-720p'));
    const isShown = (frame: number) => isColour(video.colourAt(frame, centre.x, centre.y), colour);
    for (let frame = 6; frame < 30; frame++) expect(isShown(frame), `frame ${frame}`).toBe(true);
    for (let frame = 30; frame < 63; frame++) expect(isShown(frame), `frame ${frame}`).toBe(false);
    for (let frame = 67; frame < 90; frame++) expect(isShown(frame), `frame ${frame}`).toBe(true);
    const redOf = (frame: number) => video.colourAt(frame, centre.x, centre.y).r;
    for (let frame = 61; frame < 66; frame++) expect(redOf(frame)).toBeGreaterThan(redOf(frame - 1) + 5);

    const samples = (await decodeAudio(log.media('audio-main'))).subarray(1024);
    const levelDb = (from: number, to: number) => toneLevelDb(samples.subarray(from * 1600, to * 1600), toneHz);
    expect(levelDb(15, 28)).toBeGreaterThan(-40);
    expect(levelDb(33, 58)).toBeLessThan(-80);
    expect(levelDb(65, 88)).toBeGreaterThan(-40);
  }, 60_000);
});

describe('setBranding', () => {
  it('survives the encoder: name, logo and banner above 35 dB PSNR', async () => {
    const drawing = createCanvas(300, 150);
    const context = drawing.getContext('2d');
    context.fillStyle = '#ff5500';
    context.roundRect(0, 0, 300, 150, 40);
    context.fill();
    context.fillStyle = '#ffffff';
    context.font = '700 90px "Noto Sans"';
    context.fillText('ACME', 20, 108);
    const image = new Uint8Array(drawing.toBuffer('image/png'));
    const branding = brandingSchema.parse({
      logo: { image },
      banner: { text: 'Ada Lovelace — 分析エンジン', detail: 'London' },
    });
    const { log } = await playProgram(
      contents,
      [enter, { frame: 4, act: ({ run }) => run.handle({ type: 'setBranding', branding }) }],
      100,
    );
    const [applied] = log.of('brandingApplied');
    expect(applied?.problems).toEqual([]);
    expect(applied!.frameIndex).toBeLessThan(80);

    const { canvas, title } = testRunOptions();
    const { look } = await prepareLook(branding, canvas, title);
    const furniture = new Furniture(canvas, look);
    const { rect } = log.of('layoutApplied').at(-1)!.tiles[0]!;
    const tile: Tile = {
      participant: person('a'),
      content: 'camera',
      rect,
      fit: 'cover',
      isOverlay: false,
      isSpeaking: false,
      hiddenCount: 0,
    };
    const frame = new FramePool(canvas.width, canvas.height).acquire();
    const picture = createI420(rect.width, rect.height, rgbToYuv(colour));
    new Compositor(furniture).compose(frame, [{ tile, picture }], true);

    const decoded = await decodeFrame(log.media('video-720p'), 99);
    const qualityDb = ({ sprite: { width, height }, x, y }: PlacedSprite) =>
      psnrDb(frame.picture.data, decoded, canvas.width, { x, y, width, height });
    const [logo, banner] = furniture.programOverlays;
    const label = furniture.overlays(tile)[1]!;
    for (const placed of [logo!, banner!, label]) expect(qualityDb(placed)).toBeGreaterThan(35);
  }, 60_000);
});
