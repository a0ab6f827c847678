/** Who gets media: everybody of public and unlisted webinars, of private ones whoever holds a playback token. */
import { type Clock } from '../../core/clock.ts';
import { type Admission, type PlaybackAccess, type PlaybackRequest } from '../../hls/index.ts';
import { appError } from '../errors.ts';
import { type Visibility } from '../webinars/visibility.ts';
import { type AccessTokens, leewaySec, type PlaybackGrant } from './access-tokens.ts';
import { FailureLimit } from './failure-limit.ts';

/** Wrong tokens that are checked per address and minute. */
const maxFailuresPerWindow = 60;
/** Valid tokens remembered, so that each is verified once; the oldest is verified again beyond. */
const maxKnownTokens = 50_000;
/** A verdict on a webinar that is open to all holds this long at an edge: it may become private. */
const openForSec = 60;
const tokenPattern = /^[\w-]{10,100}\.[\w-]{40,800}\.[\w-]{86}$/;

const openAdmission: Admission = { isPrivate: false, validForSec: openForSec };

export class PlaybackGate implements PlaybackAccess {
  readonly #tokens: AccessTokens;
  readonly #clock: Clock;
  readonly #failures: FailureLimit;
  readonly #privateIds = new Set<string>();
  readonly #known = new Map<string, PlaybackGrant>();
  /** Verifications under way: a player's first requests come together. */
  readonly #verifying = new Map<string, Promise<PlaybackGrant>>();

  /** @param privateIds of the webinars that are private at the start. */
  constructor(options: { tokens: AccessTokens; clock: Clock; privateIds: Iterable<string> }) {
    this.#tokens = options.tokens;
    this.#clock = options.clock;
    this.#failures = new FailureLimit(options.clock, maxFailuresPerWindow);
    for (const webinarId of options.privateIds) this.#privateIds.add(webinarId);
  }

  /** Holds for the next request on. */
  setVisibility(webinarId: string, visibility: Visibility): void {
    if (visibility === 'private') this.#privateIds.add(webinarId);
    else this.#privateIds.delete(webinarId);
  }

  /**
   * @throws AUTH_INVITATION_REQUIRED, AUTH_TOKEN_INVALID, AUTH_TOKEN_EXPIRED, AUTH_TOKEN_OF_OTHER_WEBINAR,
   * AUTH_RATE_LIMITED
   */
  admit(request: PlaybackRequest): Admission | Promise<Admission> {
    const { webinarId, token } = request;
    if (!this.#privateIds.has(webinarId)) return openAdmission;
    if (token === undefined) throw appError('AUTH_INVITATION_REQUIRED');
    const known = this.#known.get(token);
    return known === undefined ? this.#verify(token, request) : this.#judge(known, token, webinarId);
  }

  async #verify(token: string, { webinarId, clientKey }: PlaybackRequest): Promise<Admission> {
    // What cannot be a token costs a comparison, a guess one signature, and many guesses nothing.
    if (!tokenPattern.test(token)) throw appError('AUTH_TOKEN_INVALID');
    if (this.#failures.isReached(clientKey)) throw appError('AUTH_RATE_LIMITED');
    let verifying = this.#verifying.get(token);
    if (verifying === undefined) {
      verifying = this.#tokens.verifyPlayback(token).finally(() => this.#verifying.delete(token));
      this.#verifying.set(token, verifying);
    }
    let grant: PlaybackGrant;
    try {
      grant = await verifying;
    } catch (error) {
      this.#failures.note(clientKey);
      throw error;
    }
    if (this.#known.size >= maxKnownTokens) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(token, grant);
    return this.#judge(grant, token, webinarId);
  }

  #judge(grant: PlaybackGrant, token: string, webinarId: string): Admission {
    const validForSec = grant.expiresAtSec - this.#clock.wallMs() / 1000;
    if (validForSec <= -leewaySec) {
      this.#known.delete(token);
      throw appError('AUTH_TOKEN_EXPIRED');
    }
    if (grant.webinarId !== webinarId) throw appError('AUTH_TOKEN_OF_OTHER_WEBINAR');
    return { isPrivate: true, validForSec: Math.max(0, Math.floor(validForSec)) };
  }
}
