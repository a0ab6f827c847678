/** JSON over HTTP with a deadline; every failure is an ApiError with the server's code or one of WEB_*. */
import { ApiError } from './api-error.ts';

const defaultDeadlineMs = 10_000;

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly body?: unknown;
  /** API key or stage token. */
  readonly bearer?: string;
  readonly deadlineMs?: number;
}

/** @throws ApiError with the server's code, WEB_NETWORK (no answer or too late) or WEB_BAD_REPLY. */
export async function requestJson(url: string, options: RequestOptions = {}): Promise<unknown> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: options.method ?? 'GET',
      cache: 'no-store',
      credentials: 'same-origin',
      headers: {
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(options.bearer === undefined ? {} : { authorization: `Bearer ${options.bearer}` }),
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      signal: AbortSignal.timeout(options.deadlineMs ?? defaultDeadlineMs),
    });
    text = await response.text();
  } catch (cause) {
    throw new ApiError('WEB_NETWORK', 'The server did not answer. Check the connection and try again.', 0, { cause });
  }
  const parsed = parseJson(text);
  if (response.ok && parsed !== undefined) return parsed;
  throw errorFromReply(parsed, response.status);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Told apart by the caller: an undefined body of a good answer is WEB_BAD_REPLY.
    return undefined;
  }
}

function errorFromReply(parsed: unknown, status: number): ApiError {
  const error = isRecord(parsed) && isRecord(parsed['error']) ? parsed['error'] : undefined;
  if (error !== undefined && typeof error['code'] === 'string' && typeof error['message'] === 'string') {
    return new ApiError(error['code'], error['message'], status);
  }
  return new ApiError('WEB_BAD_REPLY', `The server gave an answer this page cannot read (status ${status}).`, status);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
