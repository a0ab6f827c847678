/** The HTTP API as an administrator's script calls it. */
import { type ErrorReply } from '../../src/core/errors.ts';
import { type RostrumServer } from './rostrum-server.ts';

export interface ApiAnswer<Body> {
  readonly status: number;
  readonly body: Body;
}

export interface ApiCallOptions {
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: unknown;
  /** null sends none; the server's own by default. */
  readonly apiKey?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ErrorBody {
  readonly error: ErrorReply;
}

export interface WebinarLinks {
  readonly host: string;
  readonly panelist: string;
  readonly viewer: string;
}

/** `Body` is what the caller expects; its fields are judged by the test. */
export async function callApi<Body>(
  server: Pick<RostrumServer, 'baseUrl' | 'apiKey'>,
  method: string,
  path: string,
  options: ApiCallOptions = {},
): Promise<ApiAnswer<Body>> {
  const { body, headers, apiKey = server.apiKey } = options;
  const response = await fetch(`${server.baseUrl}${path}`, {
    method,
    headers: {
      ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  });
  return { status: response.status, body: (await response.json()) as Body };
}

/** A webinar of its own, with its links. */
export async function createWebinar(
  server: RostrumServer,
  title: string,
): Promise<WebinarLinks & { readonly webinarId: string }> {
  const { body } = await callApi<{ webinarId: string; links: WebinarLinks }>(server, 'POST', '/api/webinars', {
    body: { title },
  });
  return { webinarId: body.webinarId, ...body.links };
}

export async function stateOf(server: RostrumServer, webinarId: string): Promise<string> {
  return (await callApi<{ state: string }>(server, 'GET', `/api/webinars/${webinarId}`)).body.state;
}

export async function goLive(server: RostrumServer, webinarId: string, live: boolean): Promise<void> {
  const { status, body } = await callApi(server, 'POST', `/api/webinars/${webinarId}/live`, { body: { live } });
  if (status !== 200) throw new Error(`live:${live} answered ${status} ${JSON.stringify(body)}`);
}
