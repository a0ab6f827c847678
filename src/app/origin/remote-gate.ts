/** Who may watch, as the process that packages says: asked once per webinar and token, for as long as its verdict holds. */
import { type Clock } from '../../core/clock.ts';
import { SingleFlight } from '../../core/single-flight.ts';
import { type Admission, type PlaybackAccess, type PlaybackRequest } from '../../hls/index.ts';
import { tokenPattern } from '../auth/verified-tokens.ts';
import { appError, appErrorCatalog } from '../errors.ts';

const maxKnown = 50_000;
const askDeadlineMs = 3000;

interface Verdict {
  readonly admission: Admission;
  readonly untilMs: number;
}

export class RemoteGate implements PlaybackAccess {
  readonly #leaderUrl: string;
  readonly #clock: Clock;
  readonly #known = new Map<string, Verdict>();
  readonly #asking = new SingleFlight<string, Admission>();

  /** @param leaderUrl scheme and authority */
  constructor(leaderUrl: string, clock: Clock) {
    this.#leaderUrl = leaderUrl;
    this.#clock = clock;
  }

  /** @throws AUTH_TOKEN_INVALID, what the other process says, AUTH_ORIGIN_ALONE when it cannot be asked */
  admit({ webinarId, token, clientKey }: PlaybackRequest): Admission | Promise<Admission> {
    // What cannot be one is no part of an address, either.
    if (token !== undefined && !tokenPattern.test(token)) throw appError('AUTH_TOKEN_INVALID');
    const key = `${webinarId} ${token ?? ''}`;
    const known = this.#known.get(key);
    if (known !== undefined && known.untilMs > this.#clock.nowMs()) return known.admission;
    return this.#asking.run(key, () => this.#ask(key, { webinarId, token, clientKey }));
  }

  async #ask(key: string, { webinarId, token, clientKey }: PlaybackRequest): Promise<Admission> {
    const place = token === undefined ? webinarId : `t/${token}/${webinarId}`;
    let response: Response;
    try {
      response = await fetch(`${this.#leaderUrl}/hls/${place}/auth`, {
        // So that guesses count against who guesses, where this process is a trusted proxy of the other.
        headers: { 'x-forwarded-for': clientKey },
        signal: AbortSignal.timeout(askDeadlineMs),
      });
    } catch (cause) {
      throw appError('AUTH_ORIGIN_ALONE', { cause });
    }
    if (response.status !== 204) throw await refusalOf(response);
    const validForSec = Number(/max-age=(\d+)/.exec(response.headers.get('cache-control') ?? '')?.[1] ?? 0);
    // Of a token that an open webinar did not ask for, too: caching less is never wrong.
    const admission = { isPrivate: token !== undefined, validForSec };
    this.#known.delete(key);
    if (this.#known.size >= maxKnown) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(key, { admission, untilMs: this.#clock.nowMs() + 1000 * validForSec });
    return admission;
  }
}

async function refusalOf(response: Response): Promise<Error> {
  const body = (await response.json().catch(() => undefined)) as { error?: { code?: unknown } } | undefined;
  const code = String(body?.error?.code);
  return appError(Object.hasOwn(appErrorCatalog, code) ? (code as keyof typeof appErrorCatalog) : 'AUTH_ORIGIN_ALONE');
}
