/** Who may call what: the API key, or the stage token of somebody who has the permission in that very webinar. */
import { type Permission } from '../../signaling/protocol/index.ts';
import { type AccessTokens, type StageGrant } from '../auth/access-tokens.ts';
import { type ApiKeyGuard } from '../auth/api-key.ts';
import { appError } from '../errors.ts';
import { type RouteAccess } from './route.ts';

export interface Caller {
  readonly authorization: string | undefined;
  readonly address: string;
  /** Of the path, when it names one. */
  readonly webinarId: string | undefined;
}

export interface RouteGuardOptions {
  readonly apiKey: ApiKeyGuard;
  readonly tokens: AccessTokens;
  /** What a stage token allows by now: a host may have decided otherwise since it was made. */
  readonly permissionsOf: (grant: StageGrant) => Promise<readonly Permission[]>;
}

export class RouteGuard {
  readonly #apiKey: ApiKeyGuard;
  readonly #tokens: AccessTokens;
  readonly #permissionsOf: RouteGuardOptions['permissionsOf'];

  constructor(options: RouteGuardOptions) {
    this.#apiKey = options.apiKey;
    this.#tokens = options.tokens;
    this.#permissionsOf = options.permissionsOf;
  }

  /**
   * @returns who it is, for the log.
   * @throws AUTH_API_KEY_MISSING, AUTH_API_KEY_WRONG, AUTH_RATE_LIMITED, AUTH_PERMISSION_REQUIRED, AUTH_TOKEN_EXPIRED
   */
  async check(access: RouteAccess, caller: Caller): Promise<string> {
    if (access === 'public') return 'public';
    const token = access === 'admin' ? undefined : stageToken(caller.authorization);
    const grant = token === undefined ? undefined : await this.#grantOf(token);
    if (grant !== undefined && access !== 'admin') {
      const isHere = grant.webinarId === caller.webinarId;
      if (!isHere || !(await this.#permissionsOf(grant)).includes(access))
        throw appError('AUTH_PERMISSION_REQUIRED', { details: { permission: access } });
      return grant.grantId;
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
