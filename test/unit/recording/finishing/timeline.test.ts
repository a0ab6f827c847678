import { describe, expect, it } from 'vitest';
import { buildParticipants, buildShown, buildSpeakers } from '../../../../src/recording/finishing/manifest.ts';
import { buildTimeline } from '../../../../src/recording/finishing/timeline.ts';
import { type JournalRecord } from '../../../../src/recording/spool/journal-records.ts';
import { SpoolState } from '../../../../src/recording/spool/spool-state.ts';
import { renditionId, startRecord, wallStartMs } from '../support/fake-program.ts';

/** A state whose video has these segments: [startSec, durationSec, runIndex, wall offset in s]. */
function stateOf(
  segments: readonly (readonly [number, number, number, number])[],
  more: readonly JournalRecord[] = [],
) {
  const state = new SpoolState();
  const apply = (record: JournalRecord) => expect(state.apply(record)).toBe(true);
  apply(startRecord());
  let run = -1;
  let offsetBytes = 0;
  for (const [index, [startSec, durationSec, runIndex, wallSec]] of segments.entries()) {
    if (runIndex !== run) {
      apply({ type: 'init', renditionId, runIndex, sizeBytes: 10, sha256: '0'.repeat(64) });
      run = runIndex;
      offsetBytes = 10;
    }
    apply({
      type: 'part',
      renditionId,
      runIndex,
      mediaSequenceNumber: index,
      partIndex: 0,
      startTicks: startSec * 90_000,
      durationTicks: durationSec * 90_000,
      timescaleHz: 90_000,
      programDateTimeMs: wallStartMs + wallSec * 1000,
      offsetBytes,
      sizeBytes: 100,
      crc32: 0,
    });
    offsetBytes += 100;
    const closing = { renditionId, mediaSequenceNumber: index, sha256: '0'.repeat(64) };
    apply({ type: 'segment', ...closing, isDiscontinuity: false, isTorn: false });
  }
  for (const record of more) apply(record);
  return state;
}

const end = (atSec: number, cause: 'ended' | 'recovered' = 'ended'): JournalRecord => ({
  type: 'end',
  endedAtMs: wallStartMs + atSec * 1000,
  cause,
});

describe('buildTimeline', () => {
  it('finds no gap in a program without holes', () => {
    const timeline = buildTimeline(
      stateOf(
        [
          [10, 2, 0, 0],
          [12, 2, 0, 2],
        ],
        [end(4.5)],
      ),
    );
    expect(timeline).toMatchObject({ originSec: 10, durationSec: 4, gaps: [], primaryVideoId: renditionId });
  });

  it('names the nearest of several interruptions as the cause of a hole', () => {
    const interrupted = (atSec: number, cause: string): JournalRecord => ({
      type: 'event',
      event: { type: 'programInterrupted', atMs: wallStartMs + atSec * 1000, cause },
    });
    const { gaps } = buildTimeline(
      stateOf(
        [
          [10, 2, 0, 0],
          [12, 2, 1, 2.1],
          [14, 2, 2, 5],
        ],
        [interrupted(2.05, 'encoderDied'), interrupted(4.5, 'mixerDied'), end(7.5)],
      ),
    );
    expect(gaps.map(({ cause }) => cause)).toEqual(['encoderDied', 'mixerDied']);
  });

  it('names what ended the run before a hole as its cause, however late it was reported', () => {
    const interrupted = (atSec: number, runIndex: number, cause: string): JournalRecord => ({
      type: 'event',
      event: { type: 'programInterrupted', atMs: wallStartMs + atSec * 1000, runIndex, cause },
    });
    // The second encoder hung: that was noticed when its successor's media, composed meanwhile, lay behind the hole.
    const { gaps } = buildTimeline(
      stateOf(
        [
          [10, 2, 0, 0],
          [12, 0.25, 1, 2.1],
          [12.25, 0.5, 2, 2.45],
          [12.75, 2, 3, 5],
        ],
        [
          interrupted(2.05, 0, 'encoderDied'),
          interrupted(4, 1, 'encoderStalled'),
          interrupted(4.1, 2, 'mixerDied'),
          end(7.5),
        ],
      ),
    );
    expect(gaps.map(({ cause }) => cause)).toEqual(['encoderDied', 'encoderStalled', 'mixerDied']);
  });

  it('tells a hole between runs in recording time and wall time, with the cause that was reported', () => {
    const interrupted = { type: 'programInterrupted' as const, atMs: wallStartMs + 2100, cause: 'mixerDied' };
    const state = stateOf(
      [
        [10, 2, 0, 0],
        [14, 2, 1, 7],
      ],
      [{ type: 'event', event: interrupted }, end(9)],
    );
    expect(buildTimeline(state).gaps).toEqual([
      {
        startSec: 2,
        endSec: 4,
        startAtMs: wallStartMs + 2000,
        endAtMs: wallStartMs + 7000,
        lostMs: 5000,
        cause: 'mixerDied',
        renditionIds: [renditionId],
      },
    ]);
  });

  it('tells wall time that is missing although the media timeline goes on', () => {
    const [gap] = buildTimeline(
      stateOf(
        [
          [10, 2, 0, 0],
          [12, 2, 1, 5],
        ],
        [end(7)],
      ),
    ).gaps;
    expect(gap).toMatchObject({ startSec: 2, endSec: 2, lostMs: 3000, cause: 'mediaMissing' });
  });

  it('tells a hole inside a run, and does not take a step of the wall clock for one', () => {
    const [gap, ...others] = buildTimeline(
      stateOf(
        [
          [10, 2, 0, 0],
          [14, 2, 0, 4],
        ],
        [end(6)],
      ),
    ).gaps;
    expect(gap).toMatchObject({ startSec: 2, endSec: 4, lostMs: 2000 });
    expect(others).toEqual([]);
  });

  it('tells the lost tail of a recording that was never ended, even when its length is unknown', () => {
    const { gaps } = buildTimeline(stateOf([[10, 2, 0, 0]], [end(2, 'recovered')]));
    expect(gaps).toMatchObject([{ startSec: 2, endSec: 2, lostMs: 0, cause: 'recordingTerminated' }]);
  });

  it('tells media that is missing before the announced end', () => {
    expect(buildTimeline(stateOf([[10, 2, 0, 0]], [end(30)])).gaps).toMatchObject([{ startSec: 2, lostMs: 28_000 }]);
  });

  it('toRecordingSec maps wall time through runs and stops at the edges of gaps', () => {
    const timeline = buildTimeline(
      stateOf(
        [
          [10, 2, 0, 0],
          [14, 2, 1, 7],
        ],
        [end(9)],
      ),
    );
    const at = (sec: number) => timeline.toRecordingSec(wallStartMs + sec * 1000);
    expect([at(-5), at(1), at(3), at(6.9), at(8), at(60)]).toEqual([0, 1, 2, 2, 5, 6]);
  });
});

describe('buildParticipants and buildSpeakers', () => {
  it('give visits and turns on recording time, the last ones up to the end', () => {
    const joined = (atSec: number, participantId: string): JournalRecord => ({
      type: 'event',
      event: {
        type: 'participantJoined',
        atMs: wallStartMs + atSec * 1000,
        participantId,
        displayName: participantId.toUpperCase(),
        role: 'panelist',
      },
    });
    const speaker = (atSec: number, participantId: string | null): JournalRecord => ({
      type: 'event',
      event: { type: 'speakerChanged', atMs: wallStartMs + atSec * 1000, participantId },
    });
    const left: JournalRecord = {
      type: 'event',
      event: { type: 'participantLeft', atMs: wallStartMs + 3000, participantId: 'a' },
    };
    const events = [
      joined(-1, 'a'),
      joined(1, 'b'),
      speaker(0.5, 'a'),
      left,
      joined(3.5, 'a'),
      speaker(2, 'b'),
      speaker(2.5, 'b'),
    ];
    const state = stateOf([[10, 4, 0, 0]], [...events, end(4)]);
    const timeline = buildTimeline(state);
    expect(buildParticipants(state, timeline)).toMatchObject([
      {
        participantId: 'a',
        visits: [
          { joinedAtSec: 0, leftAtSec: 3 },
          { joinedAtSec: 3.5, leftAtSec: 4 },
        ],
      },
      { participantId: 'b', displayName: 'B', visits: [{ joinedAtSec: 1, leftAtSec: 4 }] },
    ]);
    expect(buildSpeakers(state, timeline)).toMatchObject([
      { participantId: 'a', startSec: 0.5, endSec: 2 },
      { participantId: 'b', startSec: 2, endSec: 4, endAtMs: wallStartMs + 4000 },
    ]);
  });
});

describe('buildShown', () => {
  it('gives scene and layout together from each change on, and nothing for a recording without such events', () => {
    const layout = (atSec: number, name: string | null, participantIds: string[]): JournalRecord => ({
      type: 'event',
      event: { type: 'layoutChanged', atMs: wallStartMs + atSec * 1000, name, participantIds },
    });
    const scene = (atSec: number, kind: string): JournalRecord => ({
      type: 'event',
      event: { type: 'sceneChanged', atMs: wallStartMs + atSec * 1000, scene: kind },
    });
    const events = [layout(0, 'spotlight', ['a', 'b']), scene(2, 'backSoon'), layout(1, 'grid', ['a', 'b', 'c'])];
    const state = stateOf([[10, 4, 0, 0]], [...events, end(4)]);
    expect(buildShown(state, buildTimeline(state))).toMatchObject([
      { atSec: 0, scene: 'live', layout: 'spotlight', participantIds: ['a', 'b'] },
      { atSec: 1, scene: 'live', layout: 'grid', participantIds: ['a', 'b', 'c'] },
      { atSec: 2, scene: 'backSoon', layout: 'grid' },
    ]);
    const bare = stateOf([[10, 4, 0, 0]], [end(4)]);
    expect(buildShown(bare, buildTimeline(bare))).toEqual([]);
  });
});
