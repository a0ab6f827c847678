/** Who gets media: everybody of public and unlisted webinars, of private ones whoever holds a playback token. */
import { type Clock } from '../../core/clock.ts';
import { TypedEmitter } from '../../core/typed-emitter.ts';
import { type Admission, type PlaybackAccess, type PlaybackRequest } from '../../hls/index.ts';
import { appError } from '../errors.ts';
import { type Visibility } from '../webinars/visibility.ts';
import { type AccessTokens, type PlaybackGrant } from './access-tokens.ts';
import { VerifiedTokens } from './verified-tokens.ts';

const maxKnownTokens = 50_000;
/** A verdict on a webinar that is open to all holds this long at an edge: it may become private. */
const openForSec = 60;

const openAdmission: Admission = { isPrivate: false, validForSec: openForSec };

export class PlaybackGate implements PlaybackAccess {
  /** Somebody decided who may watch a webinar. */
  readonly events = new TypedEmitter<{ changed: [] }>();
  readonly #clock: Clock;
  readonly #tokens: VerifiedTokens<PlaybackGrant>;
  readonly #privateIds = new Set<string>();

  /** @param privateIds of the webinars that are private at the start. */
  constructor(options: { tokens: AccessTokens; clock: Clock; privateIds: Iterable<string> }) {
    const { tokens, clock, privateIds } = options;
    this.#clock = clock;
    const verify = (token: string) => tokens.verifyPlayback(token);
    this.#tokens = new VerifiedTokens({ verify, clock, maxKnown: maxKnownTokens });
    for (const webinarId of privateIds) this.#privateIds.add(webinarId);
  }

  /** Holds for the next request on. */
  setVisibility(webinarId: string, visibility: Visibility): void {
    if (visibility === 'private') this.#privateIds.add(webinarId);
    else this.#privateIds.delete(webinarId);
    this.events.emit('changed');
  }

  isPrivate(webinarId: string): boolean {
    return this.#privateIds.has(webinarId);
  }

  /**
   * @throws AUTH_INVITATION_REQUIRED, AUTH_TOKEN_INVALID, AUTH_TOKEN_EXPIRED, AUTH_TOKEN_OF_OTHER_WEBINAR,
   * AUTH_RATE_LIMITED
   */
  admit({ webinarId, token, clientKey }: PlaybackRequest): Admission | Promise<Admission> {
    if (!this.isPrivate(webinarId)) return openAdmission;
    if (token === undefined) throw appError('AUTH_INVITATION_REQUIRED');
    const grant = this.#tokens.get(token, clientKey);
    return grant instanceof Promise
      ? grant.then((verified) => this.#judge(verified, webinarId))
      : this.#judge(grant, webinarId);
  }

  #judge(grant: PlaybackGrant, webinarId: string): Admission {
    if (grant.webinarId !== webinarId) throw appError('AUTH_TOKEN_OF_OTHER_WEBINAR');
    const validForSec = grant.expiresAtSec - this.#clock.wallMs() / 1000;
    return { isPrivate: true, validForSec: Math.max(0, Math.floor(validForSec)) };
  }
}
