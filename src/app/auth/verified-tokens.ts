/** Signed tokens that come again and again: each is verified once, what cannot be one costs nothing, guessing is slow. */
import { type Clock } from '../../core/clock.ts';
import { toRostrumError } from '../../core/errors.ts';
import { SingleFlight } from '../../core/single-flight.ts';
import { appError } from '../errors.ts';
import { leewaySec } from './access-tokens.ts';
import { AddressLimit } from './address-limit.ts';

/** Wrong tokens that are checked per address and minute. */
const maxFailuresPerWindow = 60;
/** A JWT with an Ed25519 signature. */
export const tokenPattern = /^[\w-]{10,100}\.[\w-]{40,800}\.[\w-]{86}$/;

export interface VerifiedTokensOptions<Grant> {
  /** @throws AUTH_TOKEN_INVALID, AUTH_TOKEN_EXPIRED */
  readonly verify: (token: string) => Promise<Grant>;
  readonly clock: Clock;
  /** Valid tokens remembered; the oldest is verified again beyond. */
  readonly maxKnown: number;
}

export class VerifiedTokens<Grant extends { readonly expiresAtSec: number }> {
  readonly #options: VerifiedTokensOptions<Grant>;
  readonly #failures: AddressLimit;
  readonly #known = new Map<string, Grant>();
  /** Under way: requests with one token come together. */
  readonly #verifying = new SingleFlight<string, Grant>();

  constructor(options: VerifiedTokensOptions<Grant>) {
    this.#options = options;
    this.#failures = new AddressLimit(options.clock, maxFailuresPerWindow);
  }

  /**
   * At once for a token that is known.
   * @param clientKey whose guesses count together
   * @throws AUTH_TOKEN_INVALID, AUTH_TOKEN_EXPIRED, AUTH_RATE_LIMITED
   */
  get(token: string, clientKey: string): Grant | Promise<Grant> {
    const known = this.#known.get(token);
    if (known === undefined) return this.#verify(token, clientKey);
    if (known.expiresAtSec - this.#options.clock.wallMs() / 1000 > -leewaySec) return known;
    this.#known.delete(token);
    throw appError('AUTH_TOKEN_EXPIRED');
  }

  async #verify(token: string, clientKey: string): Promise<Grant> {
    if (!tokenPattern.test(token)) throw appError('AUTH_TOKEN_INVALID');
    return this.#verifying.run(token, () => this.#remember(token, clientKey));
  }

  async #remember(token: string, clientKey: string): Promise<Grant> {
    if (this.#failures.isReached(clientKey)) throw appError('AUTH_RATE_LIMITED');
    const { verify, maxKnown } = this.#options;
    let grant: Grant;
    try {
      grant = await verify(token);
    } catch (error) {
      // One that has expired was ours once: no guess.
      if (toRostrumError(error).code === 'AUTH_TOKEN_INVALID') this.#failures.note(clientKey);
      throw error;
    }
    if (this.#known.size >= maxKnown) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(token, grant);
    return grant;
  }
}
