import { describe, expect, it } from 'vitest';
import { themeNames } from '../../../../src/mixer/index.ts';
import { layoutChoiceSchema, type ProgramState } from '../../../../src/signaling/protocol/index.ts';
import {
  layoutForKey,
  layoutOptions,
  parseMinutes,
  shownTitle,
  themeOptions,
} from '../../../../web/src/stage/program/program-words.ts';
import { screenProblem, unsupportedScreen } from '../../../../web/src/stage/screen-problem.ts';
import { encodingOf, screenEncodings } from '../../../../web/src/stage/simulcast.ts';
import { streamIdOf } from '../../../../web/src/stage/roster.ts';
import { quietProgramState } from '../../../support/quiet-program.ts';

const shown = (name: 'spotlight' | 'grid' | null): ProgramState['shown'] => ({ name, tiles: [], hiddenCount: 0 });

describe('layoutOptions', () => {
  it('offers every layout of the protocol once, each with its key', () => {
    expect(layoutOptions.map(({ choice }) => choice).sort()).toEqual([...layoutChoiceSchema.options].sort());
    expect(layoutOptions.map((_, index) => layoutForKey(String(index + 1)))).toEqual(
      layoutOptions.map(({ choice }) => choice),
    );
    for (const key of ['0', '8', '12', 'g', 'Enter', '']) expect(layoutForKey(key)).toBeUndefined();
  });
});

describe('shownTitle', () => {
  const state = (change: Partial<ProgramState>): ProgramState => ({ ...quietProgramState, ...change });
  const grid = { layout: 'grid', pinnedIds: [], crossfade: false } as const;

  it.each([
    ['Not live', state({}), 'idle'],
    ['Starting', state({}), 'live'],
    ['Nobody is on stage', state({ shown: shown(null) }), 'live'],
    ['Spotlight, chosen automatically', state({ shown: shown('spotlight') }), 'live'],
    ['Grid', state({ shown: shown('grid'), layout: grid }), 'live'],
    ['Spotlight, until Grid is possible', state({ shown: shown('spotlight'), layout: grid }), 'live'],
    ['Back soon', state({ shown: shown('grid'), scene: { kind: 'backSoon' } }), 'live'],
  ] as const)('says "%s"', (title, program, webinarState) => {
    expect(shownTitle(program, webinarState)).toBe(title);
  });
});

describe('parseMinutes', () => {
  it('takes minutes between six seconds and three hours, with either decimal sign', () => {
    expect(['5', ' 1,5 ', '0.1', '180'].map(parseMinutes)).toEqual([5, 1.5, 0.1, 180]);
    expect(['', '0', '-1', '181', 'five', 'NaN', 'Infinity'].map(parseMinutes)).toEqual(Array(7).fill(undefined));
  });
});

describe('screenProblem', () => {
  it('tells a refused question from a screen that cannot be captured, and says where sharing works', () => {
    expect(screenProblem('NotAllowedError').fix).toContain('Choose');
    expect(screenProblem('NotReadableError').fix).toContain('Try again');
    expect(unsupportedScreen.fix).toContain('computer');
  });
});

describe('encodingOf', () => {
  it('sends a screen in one layer, slower than a camera, and its sound in stereo without silence suppression', () => {
    expect(screenEncodings).toHaveLength(1);
    expect(encodingOf.screen.encodings?.[0]?.maxFramerate).toBeLessThan(30);
    expect(encodingOf.screenAudio.codecOptions).toMatchObject({ opusStereo: true, opusDtx: false });
  });
});

describe('streamIdOf', () => {
  it('keeps the screen and its sound together and apart from camera and microphone', () => {
    const ids = (['camera', 'microphone', 'screen', 'screenAudio'] as const).map((source) =>
      streamIdOf({ peerId: 'a', source }),
    );
    expect(ids).toEqual(['a', 'a', 'a-screen', 'a-screen']);
  });
});

describe('themeOptions', () => {
  it('offers the themes of the mixer', () => {
    expect(themeOptions.map(({ name }) => name)).toEqual(themeNames);
  });
});
