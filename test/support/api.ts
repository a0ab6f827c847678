/** The HTTP API as an administrator's script calls it. */
import { type RostrumServer } from './rostrum-server.ts';

export interface ApiAnswer {
  readonly status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers are judged field by field in the tests
  readonly body: any;
}

/** `apiKey: null` sends none. */
export async function callApi(
  server: Pick<RostrumServer, 'baseUrl' | 'apiKey'>,
  method: string,
  path: string,
  options: { body?: unknown; apiKey?: string | null; headers?: Record<string, string> } = {},
): Promise<ApiAnswer> {
  const key = options.apiKey === undefined ? server.apiKey : options.apiKey;
  const response = await fetch(`${server.baseUrl}${path}`, {
    method,
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(options.body === undefined
      ? {}
      : { body: typeof options.body === 'string' ? options.body : JSON.stringify(options.body) }),
    signal: AbortSignal.timeout(60_000),
  });
  return { status: response.status, body: await response.json() };
}

/** A webinar of its own with the links of one host and two panelists. */
export async function createWebinar(
  server: RostrumServer,
  title: string,
): Promise<{ webinarId: string; host: string; panelist: string; viewer: string }> {
  const { body } = await callApi(server, 'POST', '/api/webinars', { body: { title } });
  return { webinarId: body.webinarId, ...body.links };
}

export async function goLive(server: RostrumServer, webinarId: string, live: boolean): Promise<void> {
  const { status, body } = await callApi(server, 'POST', `/api/webinars/${webinarId}/live`, { body: { live } });
  if (status !== 200) throw new Error(`live:${live} answered ${status} ${JSON.stringify(body)}`);
}
