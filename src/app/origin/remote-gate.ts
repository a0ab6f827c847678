/** Who may watch, as the process that packages says: asked once per webinar and token, for as long as its verdict holds. */
import { type Clock } from '../../core/clock.ts';
import { RostrumError } from '../../core/errors.ts';
import { SingleFlight } from '../../core/single-flight.ts';
import { type Admission, type PlaybackAccess, type PlaybackRequest } from '../../hls/index.ts';
import { tokenPattern } from '../auth/verified-tokens.ts';
import { appError, appErrorCatalog } from '../errors.ts';

const maxKnown = 50_000;
const askDeadlineMs = 3000;
/** Questions under way; who comes then is told to come again. */
const maxAsking = 256;
/** So long a refusal need not be asked for again. */
const refusalMs = 1000;
/** So long what was open to all stays so while nobody can be asked: a program that is known can go on. */
const aloneMs = 300_000;

interface Verdict {
  readonly answer: Admission | RostrumError;
  readonly untilMs: number;
}

export class RemoteGate implements PlaybackAccess {
  readonly #leaderUrl: string;
  readonly #clock: Clock;
  readonly #known = new Map<string, Verdict>();
  readonly #asking = new SingleFlight<string, Admission>();
  #askingCount = 0;

  /** @param leaderUrl scheme and authority */
  constructor(leaderUrl: string, clock: Clock) {
    this.#leaderUrl = leaderUrl;
    this.#clock = clock;
  }

  /** @throws AUTH_TOKEN_INVALID, what the other process says, AUTH_ORIGIN_ALONE when it cannot be asked */
  admit(request: PlaybackRequest): Admission | Promise<Admission> {
    const { webinarId, token } = request;
    // What cannot be one is no part of an address, either.
    if (token !== undefined && !tokenPattern.test(token)) throw appError('AUTH_TOKEN_INVALID');
    const key = `${webinarId} ${token ?? ''}`;
    const known = this.#known.get(key);
    const leftMs = known === undefined ? 0 : known.untilMs - this.#clock.nowMs();
    if (known === undefined || leftMs <= 0) return this.#asking.run(key, () => this.#askOrGoOn(key, request));
    if (known.answer instanceof RostrumError) throw known.answer;
    // Of a verdict only the rest is left: whoever relies on ours must not add to it.
    return { ...known.answer, validForSec: Math.floor(leftMs / 1000) };
  }

  async #askOrGoOn(key: string, request: PlaybackRequest): Promise<Admission> {
    const before = this.#known.get(key);
    try {
      return await this.#ask(key, request);
    } catch (error) {
      const isAlone = error instanceof RostrumError && error.code === 'AUTH_ORIGIN_ALONE';
      const wasOpen = before !== undefined && !(before.answer instanceof RostrumError) && request.token === undefined;
      if (!isAlone || !wasOpen || this.#clock.nowMs() - before.untilMs > aloneMs) throw error;
      return { isPrivate: false, validForSec: 1 };
    }
  }

  async #ask(key: string, { webinarId, token, clientKey }: PlaybackRequest): Promise<Admission> {
    if (this.#askingCount >= maxAsking) throw appError('AUTH_ORIGIN_ALONE');
    const place = token === undefined ? webinarId : `t/${token}/${webinarId}`;
    this.#askingCount++;
    try {
      const response = await fetch(`${this.#leaderUrl}/hls/${place}/auth`, {
        // So that guesses count against who guesses, where this process is a trusted proxy of the other.
        headers: { 'x-forwarded-for': clientKey },
        signal: AbortSignal.timeout(askDeadlineMs),
      });
      if (response.status !== 204) throw await refusalOf(response);
      const validForSec = Number(/max-age=(\d+)/.exec(response.headers.get('cache-control') ?? '')?.[1] ?? 0);
      // Of a token that an open webinar did not ask for, too: caching less is never wrong.
      const admission = { isPrivate: token !== undefined, validForSec };
      this.#remember(key, admission, 1000 * validForSec);
      return admission;
    } catch (cause) {
      const error = cause instanceof RostrumError ? cause : appError('AUTH_ORIGIN_ALONE', { cause });
      // How often somebody may ask is said of that one, and not of the token.
      const isOfToken = error.spec.httpStatus === 401 || error.spec.httpStatus === 403;
      if (isOfToken) this.#remember(key, error, refusalMs);
      throw error;
    } finally {
      this.#askingCount--;
    }
  }

  #remember(key: string, answer: Verdict['answer'], forMs: number): void {
    this.#known.delete(key);
    if (this.#known.size >= maxKnown) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(key, { answer, untilMs: this.#clock.nowMs() + forMs });
  }
}

async function refusalOf(response: Response): Promise<RostrumError> {
  const body = (await response.json().catch(() => undefined)) as { error?: { code?: unknown } } | undefined;
  const code = String(body?.error?.code);
  return appError(Object.hasOwn(appErrorCatalog, code) ? (code as keyof typeof appErrorCatalog) : 'AUTH_ORIGIN_ALONE');
}
