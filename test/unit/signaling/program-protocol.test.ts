import { describe, expect, it } from 'vitest';
import { layoutNames as mixerLayoutNames, layoutRequestSchema, programSceneSchema } from '../../../src/mixer/index.ts';
import { layoutRequest } from '../../../src/app/program/settings.ts';
import {
  layoutChangeSchema,
  layoutChoiceSchema,
  layoutNames,
  sceneSchema,
  stageRequestSchemas,
  type Scene,
} from '../../../src/signaling/protocol/index.ts';

describe('layoutChangeSchema', () => {
  it('knows the layouts of the mixer, and every choice is a request that the mixer takes', () => {
    expect(layoutNames).toEqual(mixerLayoutNames);
    for (const layout of layoutChoiceSchema.options) {
      const request = layoutRequest({ layout, pinnedIds: ['ada', 'bob'], crossfade: true });
      expect(layoutRequestSchema.parse(request)).toMatchObject({ pinnedIds: ['ada', 'bob'], crossfade: true });
    }
  });

  it.each([
    ['a layout nobody knows', { layout: 'mosaic' }],
    ['no layout', { crossfade: true }],
    ['a field nobody knows', { layout: 'grid', speed: 2 }],
    ['thirteen pins', { layout: 'grid', pinnedIds: Array.from({ length: 13 }, (_, index) => `p${index}`) }],
    ['an id with a slash', { layout: 'grid', pinnedIds: ['a/b'] }],
    ['text for a flag', { layout: 'grid', crossfade: 'yes' }],
  ])('refuses %s', (_what, change) => {
    expect(layoutChangeSchema.safeParse(change).success).toBe(false);
  });
});

describe('sceneSchema', () => {
  const scenes: Scene[] = [
    { kind: 'live' },
    { kind: 'countdown', untilWallMs: 1_900_000_000_000, text: 'x'.repeat(200) },
    { kind: 'backSoon', text: '\u202eevil\u0000' },
    { kind: 'ended' },
  ];

  it('gives only what the mixer takes', () => {
    for (const scene of scenes) expect(programSceneSchema.parse(sceneSchema.parse(scene))).toEqual(scene);
  });

  it.each([
    ['a scene nobody knows', { kind: 'party' }],
    ['a countdown to nowhere', { kind: 'countdown' }],
    ['a countdown to infinity', { kind: 'countdown', untilWallMs: Infinity }],
    ['a text too long', { kind: 'ended', text: 'x'.repeat(201) }],
    ['a time for the stage', { kind: 'live', untilWallMs: 5 }],
  ])('refuses %s', (_what, scene) => {
    expect(sceneSchema.safeParse(scene).success).toBe(false);
  });
});

describe('stageRequestSchemas', () => {
  it.each([
    ['camera', 'audio'],
    ['screen', 'audio'],
    ['microphone', 'video'],
    ['screenAudio', 'video'],
  ])('refuse to produce a %s as %s', (source, kind) => {
    const produce = {
      transportId: 't',
      kind,
      source,
      paused: false,
      rtpParameters: {
        codecs: [{ mimeType: `${kind}/x`, payloadType: 96, clockRate: 90_000 }],
        encodings: [{ ssrc: 1 }],
      },
    };
    expect(stageRequestSchemas.produce.safeParse(produce).success).toBe(false);
    const fitting = { ...produce, kind: kind === 'audio' ? 'video' : 'audio' };
    expect(stageRequestSchemas.produce.safeParse(fitting).success).toBe(true);
  });
});
