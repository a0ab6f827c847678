/** The HTTP origin of all programs: finds the program a request is about and sends what it answers. */
import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { type ServerHttp2Stream } from 'node:http2';
import { type Clock, type Timer } from '../../core/clock.ts';
import { toRostrumError } from '../../core/errors.ts';
import { type Logger } from '../../core/logger.ts';
import { type CounterMetric, type Metrics } from '../../core/metrics.ts';
import { type HlsConfig } from '../config.ts';
import { hlsError } from '../errors.ts';
import { type PublishedProgram } from '../published-program.ts';
import { type Admission, type PlaybackAccess, type PlaybackRequest } from '../ports.ts';
import { admissionAnswer, type Answer, answerTo, errorAnswer, forBearerAlone, preflightAnswer } from './answer.ts';
import { HeldCount } from './held-requests.ts';
import { type HlsRequest, type RequestSender } from './hls-request.ts';
import { sendOverHttp1, sendOverHttp2, type WriteDeadline } from './send-answer.ts';
import { takePlaybackToken } from './playback-token.ts';
import { type Asked, ProgramOrigin } from './program-origin.ts';
import { type HlsRoute, matchRoute } from './routes.ts';

export interface HlsOriginOptions {
  readonly config: HlsConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Whom a request counts against; the socket's address by default. */
  readonly clientKeyOf?: (sender: RequestSender) => string;
  /** Everybody may watch everything by default. */
  readonly access?: PlaybackAccess;
}

const openAccess: PlaybackAccess = { admit: () => ({ isPrivate: false, validForSec: 60 }) };

interface Served {
  readonly origin: ProgramOrigin;
  retention?: Timer;
}

/** Longer request targets are no player's. */
const maxTargetLength = 2048;

export class HlsOrigin {
  readonly #options: HlsOriginOptions;
  readonly #bySession = new Map<string, Served>();
  /** The newest program of each webinar. */
  readonly #newest = new Map<string, Served>();
  readonly #heldCount: HeldCount;
  readonly #answered: CounterMetric;
  readonly #slow: CounterMetric;
  #isClosed = false;

  constructor(options: HlsOriginOptions) {
    this.#options = options;
    const { metrics } = options;
    const held = metrics.gauge({ name: 'rostrum_hls_held_requests', help: 'Requests waiting for media to appear.' });
    this.#heldCount = new HeldCount(options.config, (total) => held.set(total));
    this.#answered = metrics.counter({
      name: 'rostrum_hls_responses_total',
      help: 'Responses of the origin by kind of resource and status.',
      labels: ['kind', 'status'],
    });
    this.#slow = metrics.counter({
      name: 'rostrum_hls_slow_clients_total',
      help: 'Responses cut off because the client did not take them in time.',
    });
  }

  get heldRequestCount(): number {
    return this.#heldCount.total;
  }

  /** Serves the program; its webinar's multivariant playlist now points to it. It is dropped some time after its end. */
  addProgram(program: PublishedProgram): void {
    if (this.#isClosed || this.#bySession.has(program.sessionId)) return;
    const { clock, config } = this.#options;
    const { endedRetentionSec } = config;
    const origin = new ProgramOrigin({ program, clock, heldCount: this.#heldCount, endedRetentionSec });
    const served: Served = { origin };
    this.#bySession.set(program.sessionId, served);
    const newest = this.#newest.get(program.webinarId)?.origin.program;
    // One that is over and told of again does not take the place of one that runs.
    if (newest === undefined || newest.isEnded || !program.isEnded) this.#newest.set(program.webinarId, served);
    const retain = () => {
      served.retention ??= clock.schedule(1000 * endedRetentionSec, () => this.removeProgram(program.sessionId));
    };
    if (program.isEnded) retain();
    else program.events.once('ended', retain);
  }

  /** Stops serving the program and closes it: its bytes are gone. No-op for an unknown session. */
  removeProgram(sessionId: string): void {
    const served = this.#bySession.get(sessionId);
    if (served === undefined) return;
    const { program } = served.origin;
    this.#bySession.delete(sessionId);
    if (this.#newest.get(program.webinarId) === served) this.#newest.delete(program.webinarId);
    served.origin.close();
    program.close();
    served.retention?.cancel();
  }

  /**
   * Answers requests below `/hls/`, as a plain listener or as Express middleware; others go to `next`, or get 404.
   * Never rejects.
   */
  readonly handle = async (req: IncomingMessage, res: ServerResponse, next?: () => void): Promise<void> => {
    const target = (req as { originalUrl?: string }).originalUrl ?? req.url ?? '';
    if (next !== undefined && !target.startsWith('/hls/')) return next();
    const { method = '', headers, socket } = req;
    const answer = await this.#respond({ method, target, headers, socket, client: res });
    if (answer !== undefined) sendOverHttp1(res, answer, this.#writeDeadline);
  };

  /** The same for a request of HTTP/2; all below `/hls/`. Never rejects. */
  readonly handleStream = async (
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    socket: RequestSender['socket'],
  ): Promise<void> => {
    const [method, target] = [String(headers[':method']), String(headers[':path'])];
    const answer = await this.#respond({ method, target, headers, socket, client: stream });
    if (answer !== undefined) sendOverHttp2(stream, answer, this.#writeDeadline);
  };

  /** Drops all programs and lets all held requests go. Idempotent. */
  close(): void {
    this.#isClosed = true;
    for (const sessionId of [...this.#bySession.keys()]) this.removeProgram(sessionId);
  }

  get #writeDeadline(): WriteDeadline {
    const { clock, config } = this.#options;
    return { clock, writeDeadlineMs: config.writeDeadlineMs, onMissed: () => this.#slow.inc() };
  }

  /** Undefined when the client left. */
  async #respond(request: HlsRequest): Promise<Answer | undefined> {
    let kind = 'none';
    let answer: Answer | undefined;
    try {
      answer = await this.#answer(request, (matched) => (kind = matched));
    } catch (thrown) {
      const error = toRostrumError(thrown);
      if (error.code === 'CORE_INTERNAL') this.#options.logger.error({ error: thrown }, 'HLS request failed');
      answer = errorAnswer(error);
    }
    if (answer === undefined) return undefined;
    this.#answered.inc({ kind, status: String(answer.status) });
    return answerTo(request, answer);
  }

  async #answer(request: HlsRequest, onMatched: (kind: string) => void): Promise<Answer | undefined> {
    const { method, target, headers, client } = request;
    if (method === 'OPTIONS') return preflightAnswer;
    if (method !== 'GET' && method !== 'HEAD') throw hlsError('HLS_METHOD_NOT_ALLOWED');
    if (target.length > maxTargetLength) throw hlsError('HLS_NOT_FOUND');
    const queryAt = target.indexOf('?');
    const carried = takePlaybackToken(queryAt < 0 ? target : target.slice(0, queryAt), headers.cookie);
    const route = matchRoute(carried.path);
    if (route === undefined) throw hlsError('HLS_NOT_FOUND');
    onMatched(route.kind);
    const clientKey = this.#options.clientKeyOf?.(request) ?? request.socket.remoteAddress ?? '';
    const admission = await this.#admit({ webinarId: route.webinarId, token: carried.token, clientKey });
    const asked: Asked = {
      query: queryAt < 0 ? '' : target.slice(queryAt + 1),
      acceptsGzip: acceptsGzip(headers['accept-encoding']),
      clientKey,
      client,
    };
    const answer =
      route.kind === 'auth' ? admissionAnswer(admission.validForSec) : await this.#answerRoute(route, asked);
    // With the token in the path the address itself is the secret; with a cookie it must not be shared.
    return answer !== undefined && admission.isPrivate && carried.carrier === 'cookie'
      ? forBearerAlone(answer)
      : answer;
  }

  #admit(request: PlaybackRequest): Admission | Promise<Admission> {
    return (this.#options.access ?? openAccess).admit(request);
  }

  #answerRoute(route: Exclude<HlsRoute, { kind: 'auth' }>, asked: Asked): Answer | Promise<Answer | undefined> {
    if (route.kind === 'multivariant') {
      const served = this.#newest.get(route.webinarId);
      if (served === undefined) throw hlsError('HLS_NOT_FOUND');
      return served.origin.multivariant(asked);
    }
    const served = this.#bySession.get(route.sessionId);
    if (served?.origin.program.webinarId !== route.webinarId) throw hlsError('HLS_NOT_FOUND');
    return served.origin.answer(route, asked);
  }
}

function acceptsGzip(acceptEncoding: string | string[] | undefined): boolean {
  return /(^|[\s,])gzip(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(String(acceptEncoding ?? ''));
}
