import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../../web/src/lib/api-error.ts';
import {
  captionsUrl,
  needsPolling,
  parseDetail,
  parseRecordingList,
  parseVerifyResult,
} from '../../../../web/src/recordings/recording-model.ts';
import { buildTimeline, toBlock } from '../../../../web/src/recordings/speaker-timeline.ts';

const summary = {
  recordingId: 'r1',
  webinarId: 'w',
  title: 'T',
  startedAtMs: 1,
  durationMs: null,
  sizeBytes: null,
  state: 'finishing',
  failureCode: undefined,
  phase: 'uploading',
  progressRatio: 0.5,
};
const detail = {
  ...summary,
  participants: [{ participantId: 'a', displayName: 'Ada', role: 'host', joinedAtMs: 1, leftAtMs: null }],
  speakers: [{ participantId: 'a', startSec: 1, endSec: 2 }],
  gaps: [{ startSec: 3, endSec: 4, cause: 'mixer restarted' }],
  objectCount: 12,
  captions: [{ language: 'pt-BR', name: 'Português' }],
};

describe('parseRecordingList', () => {
  it('returns recordings, and polling is needed while one is not finished', () => {
    const list = parseRecordingList({ recordings: [{ ...summary, failureCode: null }] });
    expect(list[0]).toEqual(summary);
    expect(needsPolling(list)).toBe(true);
    for (const state of ['ready', 'empty', 'failed'])
      expect(needsPolling(parseRecordingList({ recordings: [{ ...summary, state }] }))).toBe(false);
  });

  it.each([null, {}, { recordings: [{}] }, { recordings: [{ ...summary, state: 'odd' }] }])(
    'throws WEB_BAD_REPLY for %j',
    (value) => expect(() => parseRecordingList(value)).toThrow(ApiError),
  );
});

describe('captionsUrl', () => {
  it('lies beside the recording, below the same link', () => {
    expect(captionsUrl('/media/recordings/a.b.c/recording.mp4', 'pt-BR')).toBe(
      '/media/recordings/a.b.c/captions/pt-BR.vtt',
    );
  });
});

describe('parseDetail', () => {
  it('returns participants, speakers, gaps and the object count', () => {
    expect(parseDetail(detail)).toMatchObject({ objectCount: 12, speakers: detail.speakers, gaps: detail.gaps });
  });

  it('throws WEB_BAD_REPLY for a speaker without an end', () => {
    expect(() => parseDetail({ ...detail, speakers: [{ participantId: 'a', startSec: 1 }] })).toThrow(ApiError);
  });
});

describe('parseVerifyResult', () => {
  it('returns the problems', () => {
    const result = { ok: false, checkedCount: 3, problems: [{ key: 'k', problem: 'missing' }] };
    expect(parseVerifyResult(result)).toEqual(result);
  });
});

describe('buildTimeline', () => {
  it('makes a lane per speaker, most talkative first, named where the name is known', () => {
    const lanes = buildTimeline(
      {
        participants: [{ participantId: 'a', displayName: 'Ada' }],
        speakers: [
          { participantId: 'a', startSec: 0, endSec: 10 },
          { participantId: 'b', startSec: 10, endSec: 40 },
          { participantId: 'a', startSec: 40, endSec: 50 },
        ],
      },
      100,
    );
    expect(lanes.map(({ displayName, spokenSec }) => [displayName, spokenSec])).toEqual([
      ['b', 30],
      ['Ada', 20],
    ]);
    expect(lanes[1]?.blocks[1]).toEqual({ startRatio: 0.4, widthRatio: 0.1, startSec: 40, endSec: 50 });
  });

  it('returns no lanes while the duration is unknown', () => {
    expect(buildTimeline({ participants: [], speakers: detail.speakers }, 0)).toEqual([]);
    expect(buildTimeline({ participants: [], speakers: detail.speakers }, Number.NaN)).toEqual([]);
  });
});

describe('toBlock', () => {
  it('cuts to the recording, and drops what lies outside', () => {
    expect(toBlock(-5, 5, 10)).toMatchObject({ startSec: 0, endSec: 5 });
    expect(toBlock(8, 20, 10)).toMatchObject({ startSec: 8, endSec: 10 });
    expect(toBlock(11, 20, 10)).toBeUndefined();
    expect(toBlock(3, 3, 10)).toBeUndefined();
  });
});
