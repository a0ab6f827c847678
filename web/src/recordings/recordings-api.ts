/** Calls of the recordings page; each carries the API key that the visitor entered. */
import { requestJson } from '../lib/http.ts';
import {
  parseDetail,
  parseLink,
  parseRecordingList,
  parseVerifyResult,
  type RecordingDetail,
  type RecordingSummary,
  type VerifyResult,
} from './recording-model.ts';

/** Verification reads every object of a recording back from the store. */
const verifyDeadlineMs = 600_000;

export class RecordingsApi {
  readonly #apiKey: string;

  constructor(apiKey: string) {
    this.#apiKey = apiKey;
  }

  async list(): Promise<readonly RecordingSummary[]> {
    return parseRecordingList(await requestJson('/api/recordings', { bearer: this.#apiKey }));
  }

  async detail(recordingId: string): Promise<RecordingDetail> {
    return parseDetail(await requestJson(urlOf(recordingId), { bearer: this.#apiKey }));
  }

  /** @returns a short-lived URL that needs no key. */
  async link(recordingId: string, purpose: 'play' | 'download'): Promise<string> {
    const url = `${urlOf(recordingId)}/links`;
    return parseLink(await requestJson(url, { method: 'POST', body: { purpose }, bearer: this.#apiKey }));
  }

  async verify(recordingId: string): Promise<VerifyResult> {
    const options = { method: 'POST', body: {}, bearer: this.#apiKey, deadlineMs: verifyDeadlineMs } as const;
    return parseVerifyResult(await requestJson(`${urlOf(recordingId)}/verify`, options));
  }
}

function urlOf(recordingId: string): string {
  return `/api/recordings/${encodeURIComponent(recordingId)}`;
}
