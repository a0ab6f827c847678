/** Who may call what: the API key, or on routes for hosts and captioners the token of one of that very webinar. */
import { type AccessTokens } from '../auth/access-tokens.ts';
import { type ApiKeyGuard } from '../auth/api-key.ts';
import { appError } from '../errors.ts';
import { type RouteAccess } from './route.ts';

export interface Caller {
  readonly authorization: string | undefined;
  readonly address: string;
  /** Of the path, when it names one. */
  readonly webinarId: string | undefined;
}

export class RouteGuard {
  readonly #apiKey: ApiKeyGuard;
  readonly #tokens: AccessTokens;

  constructor(options: { apiKey: ApiKeyGuard; tokens: AccessTokens }) {
    this.#apiKey = options.apiKey;
    this.#tokens = options.tokens;
  }

  /**
   * @returns who it is, for the log.
   * @throws AUTH_API_KEY_MISSING, AUTH_API_KEY_WRONG, AUTH_RATE_LIMITED, AUTH_HOST_REQUIRED, AUTH_CAPTIONER_REQUIRED,
   * AUTH_TOKEN_EXPIRED
   */
  async check(access: RouteAccess, caller: Caller): Promise<string> {
    if (access === 'public') return 'public';
    const token = access === 'admin' ? undefined : stageToken(caller.authorization);
    if (token !== undefined) {
      const grant = await this.#grantOf(token);
      if (grant !== undefined) {
        const isAllowed = grant.role === 'host' || (access === 'captioner' && grant.role === 'captioner');
        if (!isAllowed || grant.webinarId !== caller.webinarId)
          throw appError(access === 'host' ? 'AUTH_HOST_REQUIRED' : 'AUTH_CAPTIONER_REQUIRED');
        return grant.grantId;
      }
    }
    this.#apiKey.check(caller.authorization, caller.address);
    return 'api';
  }

  /** Undefined for what is no token of ours: then it has to be the API key. */
  async #grantOf(token: string) {
    try {
      return await this.#tokens.verify(token);
    } catch (error) {
      if (isExpired(error)) throw error;
      return undefined;
    }
  }
}

function stageToken(authorization: string | undefined): string | undefined {
  return /^Bearer ([\w-]{1,2048}\.[\w-]{1,2048}\.[\w-]{1,512})$/.exec(authorization ?? '')?.[1];
}

function isExpired(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'AUTH_TOKEN_EXPIRED';
}
