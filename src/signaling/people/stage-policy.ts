/** How somebody stands: what their invitation says, and what the host decided about them since. Pure. */
import { createHash } from 'node:crypto';
import { type Grant } from '../ports.ts';
import { defaultPermissions, type Permission, type Place, type Role } from '../protocol/index.ts';
import { maxDecisions, type Decision, type StagePolicy } from './policy-schema.ts';

export interface Standing {
  readonly role: Role;
  readonly permissions: readonly Permission[];
  readonly place: Place;
  readonly isRemoved: boolean;
}

/**
 * One person: this browser with this invitation. The browser's id is a secret of its own, so only a hash is kept.
 * @param clientId undefined where a browser cannot be told from others: then the invitation alone
 */
export function personKeyOf(grantId: string, clientId: string | undefined): string {
  return createHash('sha256')
    .update(`${grantId} ${clientId ?? ''}`)
    .digest('base64url')
    .slice(0, 22);
}

/** How somebody stands who comes with this invitation. */
export function standingOf(policy: StagePolicy, grant: Grant, personKey: string): Standing {
  const decision = policy.decisions.find((one) => one.personKey === personKey);
  const role = decision?.role ?? grant.role;
  const permissions = decision?.permissions ?? (decision?.role ? defaultPermissions[role] : permissionsOf(grant));
  const isRemoved = decision?.isRemoved === true;
  // Whoever lets others in need not wait, and a captioner is never on stage.
  if (permissions.includes('admit') || role === 'captioner') return { role, permissions, isRemoved, place: 'stage' };
  // Somebody was removed who had this very link: who comes with it next may be the same person in another browser.
  const isLinkDoubtful = policy.decisions.some((one) => one.isRemoved === true && one.grantId === grant.grantId);
  const mustWait = policy.isGreenRoomOn || grant.waits === true || isLinkDoubtful;
  return { role, permissions, isRemoved, place: decision?.place ?? (mustWait ? 'greenRoom' : 'stage') };
}

/** What an invitation allows by itself. */
export function permissionsOf({ role, permissions }: Pick<Grant, 'role' | 'permissions'>): readonly Permission[] {
  return permissions ?? defaultPermissions[role];
}

/**
 * What a link allows outside the stage, where only the link is known and not the browser: by the newest decision about
 * anybody who came with it.
 */
export function linkPermissions(policy: StagePolicy, grant: Grant): readonly Permission[] {
  const newest = policy.decisions.findLast(({ grantId }) => grantId === grant.grantId);
  if (newest === undefined) return permissionsOf(grant);
  return newest.isRemoved ? [] : standingOf(policy, grant, newest.personKey).permissions;
}

/** Adds to what was decided about one person. */
export function decide(
  policy: StagePolicy,
  person: Pick<Decision, 'personKey' | 'grantId'>,
  change: Omit<Decision, 'personKey' | 'grantId'>,
): StagePolicy {
  const { personKey, grantId } = person;
  const before = policy.decisions.find((one) => one.personKey === personKey);
  const others = policy.decisions.filter((one) => one !== before);
  const decisions = [...others, { ...before, personKey, grantId, ...change }];
  return { ...policy, decisions: decisions.slice(-maxDecisions) };
}
