/** Shapes of the recordings API, checked on arrival, and the words for their states. */
import { ApiError } from '../lib/api-error.ts';
import { isRecord } from '../lib/http.ts';

/** `empty`: finished, but the event ended before its first picture. */
export type RecordingState = 'recording' | 'finishing' | 'ready' | 'empty' | 'failed';

export interface RecordingSummary {
  readonly recordingId: string;
  readonly webinarId: string;
  readonly title: string;
  readonly startedAtMs: number;
  readonly durationMs: number | null;
  readonly sizeBytes: number | null;
  readonly state: RecordingState;
  /** Why it failed; documented with the other error codes. */
  readonly failureCode: string | undefined;
  /** What goes wrong while it is being recorded. */
  readonly warning: string | undefined;
  /** What is being done while finishing. */
  readonly phase: string | undefined;
  /** 0..1 of the finishing. */
  readonly progressRatio: number | undefined;
}

export interface Speaker {
  readonly participantId: string;
  readonly startSec: number;
  readonly endSec: number;
}

export interface RecordingDetail extends RecordingSummary {
  readonly participants: readonly { readonly participantId: string; readonly displayName: string }[];
  readonly speakers: readonly Speaker[];
  readonly gaps: readonly { readonly startSec: number; readonly endSec: number; readonly cause: string }[];
  readonly objectCount: number;
  readonly captions: readonly { readonly language: string; readonly name: string }[];
}

export interface VerifyResult {
  readonly ok: boolean;
  readonly checkedCount: number;
  readonly problems: readonly { readonly key: string; readonly problem: string }[];
}

const states: readonly string[] = ['recording', 'finishing', 'ready', 'empty', 'failed'] satisfies RecordingState[];

export function parseRecordingList(value: unknown): readonly RecordingSummary[] {
  return listOf(recordOf(value)['recordings'], parseSummary);
}

export function parseSummary(value: unknown): RecordingSummary {
  const fields = recordOf(value);
  const state = textOf(fields['state']);
  if (!states.includes(state)) throw badReply();
  return {
    recordingId: textOf(fields['recordingId']),
    webinarId: textOf(fields['webinarId']),
    title: textOf(fields['title']),
    startedAtMs: numberOf(fields['startedAtMs']),
    durationMs: optionalNumber(fields['durationMs']) ?? null,
    sizeBytes: optionalNumber(fields['sizeBytes']) ?? null,
    state: state as RecordingState,
    failureCode: typeof fields['failureCode'] === 'string' ? fields['failureCode'] : undefined,
    warning: typeof fields['warning'] === 'string' ? fields['warning'] : undefined,
    phase: typeof fields['phase'] === 'string' ? fields['phase'] : undefined,
    progressRatio: optionalNumber(fields['progressRatio']),
  };
}

export function parseDetail(value: unknown): RecordingDetail {
  const fields = recordOf(value);
  return {
    ...parseSummary(value),
    participants: listOf(fields['participants'], (item) => {
      const { participantId, displayName } = recordOf(item);
      return { participantId: textOf(participantId), displayName: textOf(displayName) };
    }),
    speakers: listOf(fields['speakers'], (item) => {
      const { participantId, startSec, endSec } = recordOf(item);
      return { participantId: textOf(participantId), startSec: numberOf(startSec), endSec: numberOf(endSec) };
    }),
    gaps: listOf(fields['gaps'], (item) => {
      const { startSec, endSec, cause } = recordOf(item);
      return { startSec: numberOf(startSec), endSec: numberOf(endSec), cause: textOf(cause) };
    }),
    objectCount: numberOf(fields['objectCount']),
    captions: listOf(fields['captions'], (item) => {
      const { language, name } = recordOf(item);
      return { language: textOf(language), name: textOf(name) };
    }),
  };
}

export function parseLink(value: unknown): string {
  return textOf(recordOf(value)['url']);
}

export function parseVerifyResult(value: unknown): VerifyResult {
  const { ok, checkedCount, problems } = recordOf(value);
  if (typeof ok !== 'boolean') throw badReply();
  return {
    ok,
    checkedCount: numberOf(checkedCount),
    problems: listOf(problems, (item) => {
      const { key, problem } = recordOf(item);
      return { key: textOf(key), problem: textOf(problem) };
    }),
  };
}

/** Captions come by the same link as the recording. */
export function captionsUrl(recordingUrl: string, language: string): string {
  return recordingUrl.replace(/[^/]*$/, `captions/${encodeURIComponent(language)}.vtt`);
}

/** True while the list has something that changes by itself. */
export function needsPolling(recordings: readonly RecordingSummary[]): boolean {
  return recordings.some(({ state }) => state === 'recording' || state === 'finishing');
}

function recordOf(value: unknown): Record<string, unknown> {
  if (!isRecord(value)) throw badReply();
  return value;
}
function textOf(value: unknown): string {
  if (typeof value !== 'string') throw badReply();
  return value;
}
function numberOf(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw badReply();
  return value;
}
function optionalNumber(value: unknown): number | undefined {
  return value === null || value === undefined ? undefined : numberOf(value);
}
function listOf<Item>(value: unknown, parse: (item: unknown) => Item): readonly Item[] {
  if (!Array.isArray(value)) throw badReply();
  return value.map(parse);
}
function badReply(): ApiError {
  return new ApiError('WEB_BAD_REPLY', 'The server gave an answer this page cannot read. Reload the page.');
}
