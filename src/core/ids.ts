/** Identifiers nobody can guess: 128 random bits, URL-safe. */
import { randomBytes } from 'node:crypto';

/** 22 characters of [A-Za-z0-9_-]. */
export function randomId(): string {
  return randomBytes(16).toString('base64url');
}

/** What `randomId` makes and outside identifiers are held to; also safe in paths and object keys. */
export const idPattern = /^[A-Za-z0-9_-]{1,64}$/;
