import { describe, expect, it } from 'vitest';
import { addCaptionsSchema } from '../../../src/signaling/protocol/index.ts';

const now = { language: 'en', text: 'Hello.', startAtMs: 'now', durationMs: 2500 };
const timed = { language: 'pt-BR', text: 'Olá.', startAtMs: 1_700_000_000_000, endAtMs: 1_700_000_002_000 };

describe('addCaptionsSchema', () => {
  it.each([
    ['a caption for now', { cues: [now] }],
    ['captions with times, on the clock of the stage', { clock: 'capture', cues: [timed, now] }],
    ['a time with a duration', { cues: [{ ...now, startAtMs: 1_700_000_000_000 }] }],
  ])('takes %s', (_what, request) => {
    expect(addCaptionsSchema.parse(request)).toEqual(request);
  });

  it.each([
    ['no captions', { cues: [] }],
    ['51 captions', { cues: Array.from({ length: 51 }, () => now) }],
    ['a field nobody knows', { cues: [{ ...now, line: '0' }] }],
    ['a clock nobody knows', { clock: 'mine', cues: [now] }],
    ['text that is too long', { cues: [{ ...now, text: 'a'.repeat(301) }] }],
    ['text with nothing to read', { cues: [{ ...now, text: ' \n\u200b' }] }],
    ['a language that is none', { cues: [{ ...now, language: 'english' }] }],
    ['both an end and a duration', { cues: [{ ...timed, durationMs: 2000 }] }],
    ['neither', { cues: [{ ...timed, endAtMs: undefined }] }],
    ['an end for now', { cues: [{ ...timed, startAtMs: 'now' }] }],
    ['an end before its start', { cues: [{ ...timed, endAtMs: timed.startAtMs - 1 }] }],
    ['half a minute and more', { cues: [{ ...timed, endAtMs: timed.startAtMs + 30_001 }] }],
    ['a flash', { cues: [{ ...now, durationMs: 199 }] }],
    ['an endless one', { cues: [{ ...now, durationMs: Infinity }] }],
    ['a time that is no number', { cues: [{ ...timed, startAtMs: NaN }] }],
    ['a time before 1970', { cues: [{ ...timed, startAtMs: -1, endAtMs: 1000 }] }],
  ])('refuses %s', (_what, request) => {
    expect(addCaptionsSchema.safeParse(request).success).toBe(false);
  });
});
