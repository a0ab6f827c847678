/** Calls that need no key: the demo, a webinar's public state, the server's time. */
import type { WebinarState } from '../../../src/signaling/protocol/index.ts';
import { ApiError } from './api-error.ts';
import { isRecord, requestJson } from './http.ts';

export interface PublicWebinar {
  readonly webinarId: string;
  readonly title: string;
  readonly state: WebinarState;
  /** Idle because the event is over, not because it is still to come. */
  readonly hasJustEnded: boolean;
  /** Path on this origin, or an address of the edge; of a private webinar it holds a token for some hours. */
  readonly hlsUrl: string;
  /** Where it is as plain HLS too, some seconds later; null for nowhere. */
  readonly fallbackHlsUrl: string | null;
}

export interface Demo {
  readonly webinarId: string;
  readonly title: string;
  readonly state: WebinarState;
  /** Host and panelist links are given only to the machine the server runs on. */
  readonly links: { readonly viewer: string; readonly host?: string; readonly panelist?: string };
}

const states: readonly string[] = ['idle', 'starting', 'live', 'ending'] satisfies WebinarState[];

export function parsePublicWebinar(value: unknown): PublicWebinar {
  if (!isRecord(value)) throw badReply();
  const { webinarId, title, state, hasJustEnded, hlsUrl, fallbackHlsUrl } = value;
  if (typeof webinarId !== 'string' || typeof title !== 'string' || typeof hlsUrl !== 'string') throw badReply();
  if (typeof hasJustEnded !== 'boolean') throw badReply();
  if (typeof fallbackHlsUrl !== 'string' && fallbackHlsUrl !== null) throw badReply();
  return { webinarId, title, state: parseState(state), hasJustEnded, hlsUrl, fallbackHlsUrl };
}

export function parseDemo(value: unknown): Demo {
  const links = isRecord(value) ? value['links'] : undefined;
  if (!isRecord(value) || !isRecord(links)) throw badReply();
  const { webinarId, title, state } = value;
  if (typeof webinarId !== 'string' || typeof title !== 'string' || typeof links['viewer'] !== 'string') {
    throw badReply();
  }
  return {
    webinarId,
    title,
    state: parseState(state),
    links: {
      viewer: links['viewer'],
      ...(typeof links['host'] === 'string' ? { host: links['host'] } : {}),
      ...(typeof links['panelist'] === 'string' ? { panelist: links['panelist'] } : {}),
    },
  };
}

/** @param invitation of a private webinar; goes in a header, never in an address. */
export async function fetchPublicWebinar(webinarId: string, invitation?: string): Promise<PublicWebinar> {
  const url = `/api/webinars/${encodeURIComponent(webinarId)}/public`;
  return parsePublicWebinar(await requestJson(url, invitation === undefined ? {} : { bearer: invitation }));
}

export async function fetchDemo(): Promise<Demo> {
  return parseDemo(await requestJson('/api/demo'));
}

/** @returns the server's wall time, ms since the Unix epoch. */
export async function fetchServerWallMs(): Promise<number> {
  const reply = await requestJson('/api/time', { deadlineMs: 3000 });
  const wallMs = isRecord(reply) ? reply['wallMs'] : undefined;
  if (typeof wallMs !== 'number' || !Number.isFinite(wallMs)) throw badReply();
  return wallMs;
}

function parseState(state: unknown): WebinarState {
  if (typeof state !== 'string' || !states.includes(state)) throw badReply();
  return state as WebinarState;
}

function badReply(): ApiError {
  return new ApiError('WEB_BAD_REPLY', 'The server gave an answer this page cannot read. Reload the page.');
}
