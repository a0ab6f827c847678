/** Invitations as signed tokens (JWT, EdDSA): ids and grants only, nothing secret; verified with a fixed algorithm. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignJWT, errors as joseErrors, jwtVerify } from 'jose';
import { z } from 'zod';
import { type Clock } from '../../core/clock.ts';
import { randomId } from '../../core/ids.ts';
import {
  displayNameSchema,
  idSchema,
  permissionsSchema,
  personTitleSchema,
  roleSchema,
  type Permission,
  type Role,
} from '../../signaling/protocol/index.ts';
import { type AudienceGrant } from '../../signaling/index.ts';
import { appError } from '../errors.ts';
import { readSecret, writeSecret } from './secret-file.ts';

const issuer = 'rostrum';
/** Clocks of two machines may differ by this much. */
export const leewaySec = 60;
const keyFileName = 'signing-key.pem';

const stageAudience = 'rostrum/stage';
const viewerAudience = 'rostrum/viewer';
const playbackAudience = 'rostrum/playback';
const recordingAudience = 'rostrum/recording';
const beaconAudience = 'rostrum/beacon';

const stageClaimsSchema = z.object({
  jti: idSchema,
  webinarId: idSchema,
  role: roleSchema,
  name: displayNameSchema,
  title: personTitleSchema.optional(),
  channel: idSchema.optional(),
  permissions: permissionsSchema.optional(),
  waits: z.literal(true).optional(),
});
const playbackClaimsSchema = z.object({ webinarId: idSchema, exp: z.number().int() });
const recordingClaimsSchema = z.object({ recordingId: idSchema, purpose: z.enum(['play', 'download']) });

const viewerClaimsSchema = z.object({
  webinarId: idSchema,
  viewerId: idSchema,
  name: displayNameSchema.optional(),
  exp: z.number(),
});

/** One viewer page: what its beacons are counted as. */
export interface ViewerGrant {
  readonly webinarId: string;
  readonly viewerId: string;
  /** Of a registered viewer. */
  readonly displayName: string | undefined;
  /** Seconds since the Unix epoch. */
  readonly expiresAtSec: number;
}

export interface StageGrant {
  readonly webinarId: string;
  readonly role: Role;
  /** What the role does not say: for who may do more or less than others of it. */
  readonly permissions?: readonly Permission[] | undefined;
  /** True for who has to be let in from the green room. */
  readonly waits?: boolean | undefined;
  readonly displayName: string;
  /** Role or company. */
  readonly title?: string | undefined;
  readonly grantId: string;
  /** The language channel an interpreter is heard on. */
  readonly audioChannelId?: string | undefined;
}

/** What a playback token is good for: the media of one webinar, for some hours. */
export interface PlaybackGrant {
  readonly webinarId: string;
  /** Seconds since the Unix epoch. */
  readonly expiresAtSec: number;
}

export type RecordingPurpose = z.infer<typeof recordingClaimsSchema>['purpose'];

export class AccessTokens {
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  readonly #clock: Clock;

  constructor(privateKey: KeyObject, clock: Clock) {
    this.#privateKey = privateKey;
    this.#publicKey = createPublicKey(privateKey);
    this.#clock = clock;
  }

  /** Opens the signing key in the data folder, making it the first time. @throws APP_SECRET_UNUSABLE, APP_DATA_DIR_UNWRITABLE */
  static open(dataDir: string, clock: Clock): AccessTokens {
    const known = readSecret(dataDir, keyFileName, parsePrivateKey);
    if (known !== undefined) return new AccessTokens(known, clock);
    const { privateKey } = generateKeyPairSync('ed25519');
    writeSecret(dataDir, keyFileName, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim());
    return new AccessTokens(privateKey, clock);
  }

  /** Of a viewer: lets in at the viewer page alone, and not on the stage. */
  async issueInvite(invite: {
    webinarId: string;
    role: Role;
    displayName: string;
    title?: string | undefined;
    audioChannelId?: string | undefined;
    permissions?: readonly Permission[] | undefined;
    waits?: boolean | undefined;
    lifetimeSec: number;
  }): Promise<string> {
    const { webinarId, role, displayName, title, audioChannelId, permissions, waits, lifetimeSec } = invite;
    const optional = {
      ...(title && { title }),
      ...(audioChannelId && { channel: audioChannelId }),
      ...(permissions && { permissions }),
      ...(waits === true && { waits }),
    };
    const claims = { webinarId, role, name: displayName, ...optional };
    return this.#sign(role === 'viewer' ? viewerAudience : stageAudience, claims, lifetimeSec);
  }

  /** An invitation to the stage. @throws AUTH_TOKEN_INVALID, AUTH_TOKEN_EXPIRED */
  async verify(token: string): Promise<StageGrant> {
    return toGrant(await this.#verify(token, stageAudience, stageClaimsSchema));
  }

  /** An invitation to watch: a viewer's, or one to the stage. @throws AUTH_TOKEN_INVALID, AUTH_TOKEN_EXPIRED */
  async verifyViewer(token: string): Promise<StageGrant> {
    return toGrant(await this.#verify(token, [viewerAudience, stageAudience], stageClaimsSchema));
  }

  async issuePlayback(playback: { webinarId: string; lifetimeSec: number }): Promise<string> {
    return this.#sign(playbackAudience, { webinarId: playback.webinarId }, playback.lifetimeSec);
  }

  /** @throws AUTH_TOKEN_INVALID, AUTH_TOKEN_EXPIRED */
  async verifyPlayback(token: string): Promise<PlaybackGrant> {
    const { webinarId, exp } = await this.#verify(token, playbackAudience, playbackClaimsSchema);
    return { webinarId, expiresAtSec: exp };
  }

  async issueViewerPass(pass: {
    webinarId: string;
    viewerId: string;
    displayName: string | undefined;
    lifetimeSec: number;
  }): Promise<string> {
    const { webinarId, viewerId, displayName, lifetimeSec } = pass;
    return this.#sign(beaconAudience, { webinarId, viewerId, ...(displayName && { name: displayName }) }, lifetimeSec);
  }

  /** @throws AUTH_TOKEN_INVALID, AUTH_TOKEN_EXPIRED */
  async verifyViewerPass(token: string): Promise<ViewerGrant> {
    const { webinarId, viewerId, name, exp } = await this.#verify(token, beaconAudience, viewerClaimsSchema);
    return { webinarId, viewerId, displayName: name, expiresAtSec: exp };
  }

  /**
   * Who comes to `/audience`: a viewer page with its pass, a guest with their invitation, or somebody of the stage.
   * @throws AUTH_TOKEN_INVALID, AUTH_TOKEN_EXPIRED
   */
  async verifyAudience(token: string): Promise<AudienceGrant> {
    const anyClaims = z.union([viewerClaimsSchema, stageClaimsSchema]);
    const claims = await this.#verify(token, [beaconAudience, viewerAudience, stageAudience], anyClaims);
    if ('viewerId' in claims) {
      const { webinarId, viewerId, name } = claims;
      return { webinarId, viewerId, displayName: name };
    }
    const { webinarId, role, name: displayName, jti } = claims;
    // Only the invitation itself makes somebody of the stage: its audience is checked with it.
    return role === 'viewer'
      ? { webinarId, viewerId: jti, displayName }
      : { webinarId, displayName, stage: toGrant(claims) };
  }

  async issueRecordingLink(link: {
    recordingId: string;
    purpose: RecordingPurpose;
    lifetimeSec: number;
  }): Promise<string> {
    return this.#sign(recordingAudience, { recordingId: link.recordingId, purpose: link.purpose }, link.lifetimeSec);
  }

  /** @throws AUTH_TOKEN_INVALID, AUTH_TOKEN_EXPIRED */
  async verifyRecordingLink(token: string): Promise<{ recordingId: string; purpose: RecordingPurpose }> {
    return this.#verify(token, recordingAudience, recordingClaimsSchema);
  }

  async #sign(audience: string, claims: Record<string, unknown>, lifetimeSec: number): Promise<string> {
    const nowSec = Math.floor(this.#clock.wallMs() / 1000);
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', kid: '1' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setJti(randomId())
      .setIssuedAt(nowSec)
      .setNotBefore(nowSec)
      .setExpirationTime(nowSec + lifetimeSec)
      .sign(this.#privateKey);
  }

  async #verify<Schema extends z.ZodType>(
    token: string,
    audience: string | string[],
    schema: Schema,
  ): Promise<z.output<Schema>> {
    try {
      const { payload } = await jwtVerify(token, this.#publicKey, {
        algorithms: ['EdDSA'],
        issuer,
        audience,
        clockTolerance: leewaySec,
        requiredClaims: ['exp', 'nbf', 'jti'],
        currentDate: new Date(this.#clock.wallMs()),
      });
      return schema.parse(payload);
    } catch (cause) {
      throw appError(cause instanceof joseErrors.JWTExpired ? 'AUTH_TOKEN_EXPIRED' : 'AUTH_TOKEN_INVALID', { cause });
    }
  }
}

function toGrant(claims: z.output<typeof stageClaimsSchema>): StageGrant {
  return {
    webinarId: claims.webinarId,
    role: claims.role,
    displayName: claims.name,
    title: claims.title,
    grantId: claims.jti,
    audioChannelId: claims.channel,
    permissions: claims.permissions,
    waits: claims.waits,
  };
}

function parsePrivateKey(pem: string): KeyObject {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('not an Ed25519 key');
  return key;
}
