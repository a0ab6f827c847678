import { describe, expect, it } from 'vitest';
import { captionChannels, captionRenditions } from '../../../../src/app/pipeline/renditions.ts';
import { type CaptionEvent, LiveCaptions } from '../../../../src/app/timed-text/live-captions.ts';
import { TimedTextDesk } from '../../../../src/app/timed-text/timed-text-desk.ts';
import { appError } from '../../../../src/app/errors.ts';
import { testCaptions, TestProgram } from '../../../support/hls-program.ts';
import { recordedEventSchema } from '../../../../src/recording/command-schema.ts';

const channels = captionChannels([
  { channelId: 'en', languageTag: 'en', name: 'English' },
  { channelId: 'ar', languageTag: 'ar', name: 'العربية' },
]);

function liveEvent() {
  const test = new TestProgram({ hasCaptions: true });
  test.beginRun();
  test.feed(6.5);
  const recorded: CaptionEvent[] = [];
  const captions = new LiveCaptions({
    channels,
    program: test.program,
    playoutDelayMs: 350,
    clock: test.clock,
    onCaption: (event) => recorded.push(event),
  });
  return { test, captions, recorded, nowMs: test.clock.wallMs() };
}

describe('LiveCaptions', () => {
  it('uses the renditions that the program has', () => {
    expect(captionRenditions(channels)).toEqual(testCaptions);
  });

  it('begins `now` when the call comes, for viewers and in the recording', () => {
    const { captions, recorded, nowMs } = liveEvent();
    const added = captions.add({
      cues: [{ language: 'EN', text: ' Hello\nthere ', startAtMs: 'now', durationMs: 2500 }],
    });
    const span = { startAtMs: nowMs, endAtMs: nowMs + 2500 };
    expect(added).toEqual({ cues: [{ cueId: 'c0', ...span, shown: { ...span, delayMs: 0 } }] });
    expect(recorded).toEqual([
      {
        type: 'caption',
        atMs: nowMs,
        endAtMs: nowMs + 2500,
        cueId: 'c0',
        language: 'en',
        text: 'Hello there',
        delayMs: 0,
      },
    ]);
    expect(recordedEventSchema.parse(recorded[0])).toEqual(recorded[0]);
  });

  it('adds the playout delay to capture times', () => {
    const { captions, nowMs } = liveEvent();
    const cue = { language: 'en', text: 'Hi', startAtMs: nowMs, endAtMs: nowMs + 1000 };
    const { startAtMs, endAtMs } = captions.add({ clock: 'capture', cues: [cue] }).cues[0]!;
    expect([startAtMs, endAtMs]).toEqual([nowMs + 350, nowMs + 1350]);
  });

  it('shows a late one with the open segment, and keeps its true time in the recording', () => {
    const { captions, recorded, nowMs } = liveEvent();
    const cue = { language: 'en', text: 'Late', startAtMs: nowMs - 4000, endAtMs: nowMs - 1500 };
    const openFromMs = nowMs - 500;
    expect(captions.add({ cues: [cue] }).cues[0]).toMatchObject({
      startAtMs: nowMs - 4000,
      shown: { startAtMs: openFromMs, endAtMs: openFromMs + 2500, delayMs: 3500 },
    });
    expect(recorded[0]).toMatchObject({ atMs: nowMs - 4000, endAtMs: nowMs - 1500, delayMs: 3500 });
  });

  it('keeps one that is too late for viewers in the recording', () => {
    const { captions, recorded, nowMs } = liveEvent();
    const cue = { language: 'en', text: 'Correction', startAtMs: nowMs - 60_000, durationMs: 2000 };
    expect(captions.add({ cues: [cue] }).cues[0]?.shown).toBeNull();
    expect(recorded[0]).toMatchObject({ atMs: nowMs - 60_000, delayMs: null });
  });

  it.each([
    ['a language the event does not have', 'CAPTIONS_LANGUAGE_UNKNOWN', { language: 'fr' }],
    ['a time eleven minutes ago', 'CAPTIONS_TIME_INVALID', { aheadMs: -660_000 }],
    ['a time six minutes ahead', 'CAPTIONS_TIME_INVALID', { aheadMs: 360_000 }],
  ])(
    'refuses the whole call for %s',
    (_what, code, { language = 'en', aheadMs = 0 }: { language?: string; aheadMs?: number }) => {
      const { captions, recorded, nowMs } = liveEvent();
      const good = { language: 'en', text: 'Good', startAtMs: 'now' as const, durationMs: 1000 };
      const bad = { language, text: 'Bad', startAtMs: nowMs + aheadMs, durationMs: 1000 };
      expect(() => captions.add({ cues: [good, bad] })).toThrow(expect.objectContaining({ code }));
      expect(recorded).toEqual([]);
      expect(captions.add({ cues: [good] }).cues[0]?.cueId).toBe('c0');
    },
  );

  it('takes 200 waiting captions of a language, then HLS_CAPTIONS_FULL without taking any', () => {
    const { captions, recorded, test } = liveEvent();
    const cue = { language: 'en', text: 'Script', startAtMs: test.clock.wallMs() + 30_000, durationMs: 1000 };
    const call = (count: number) => captions.add({ cues: Array.from({ length: count }, () => cue) });
    for (let index = 0; index < 4; index++) call(49);
    expect(() => call(5)).toThrow(expect.objectContaining({ code: 'HLS_CAPTIONS_FULL' }));
    expect(recorded).toHaveLength(196);
    expect(captions.add({ cues: [{ ...cue, language: 'ar' }] }).cues).toHaveLength(1);
  });
});

describe('TimedTextDesk', () => {
  it('finds the running event, says TIMED_TEXT_NOT_LIVE without one, and WEBINAR_NOT_FOUND for nobody', async () => {
    const desk = new TimedTextDesk(async (webinarId) => {
      if (webinarId === 'nobody') throw appError('WEBINAR_NOT_FOUND');
    });
    const request = { cues: [{ language: 'en', text: 'Hi', startAtMs: 'now' as const, durationMs: 1000 }] };
    await expect(desk.addCaptions({ webinarId: 'w' }, request)).rejects.toMatchObject({ code: 'TIMED_TEXT_NOT_LIVE' });
    await expect(desk.addCaptions({ webinarId: 'nobody' }, request)).rejects.toMatchObject({
      code: 'WEBINAR_NOT_FOUND',
    });
    const detach = desk.attach('w', {
      captions: liveEvent().captions,
      marks: { add: () => expect.unreachable() },
    });
    expect((await desk.addCaptions({ webinarId: 'w' }, request)).cues).toHaveLength(1);
    detach();
    await expect(desk.addCaptions({ webinarId: 'w' }, request)).rejects.toMatchObject({ code: 'TIMED_TEXT_NOT_LIVE' });
  });
});
