/** What the address bar says: webinar id in the path, token in the fragment (never sent to any server by the browser). */

const idPattern = /^[A-Za-z0-9_-]{1,64}$/;

/** @returns the webinar id of `/<page>/<webinarId>`, or undefined when the path is another or the id malformed. */
export function webinarIdFromPath(pathname: string, page: 'stage' | 'watch'): string | undefined {
  const [empty, first, id, ...rest] = pathname.replace(/\/$/, '').split('/');
  if (empty !== '' || first !== page || id === undefined || rest.length > 0) return undefined;
  return idPattern.test(id) ? id : undefined;
}

/** @param hash the fragment with or without its leading `#`. */
export function tokenFromHash(hash: string): string | undefined {
  const token = hash.replace(/^#/, '');
  return /^[A-Za-z0-9._-]{20,2048}$/.test(token) ? token : undefined;
}

/** Claims that the page shows before the server has checked the token; display only, never a decision. */
export interface TokenHint {
  readonly role: 'host' | 'coHost' | 'panelist' | undefined;
  readonly displayName: string | undefined;
}

/** Reads role and name from a JWT without verifying it; an unreadable token gives an empty hint. */
export function readTokenHint(token: string): TokenHint {
  const claims = parseClaims(token.split('.')[1] ?? '');
  const { role, name, displayName } = claims;
  const shownName = typeof displayName === 'string' ? displayName : name;
  return {
    role: role === 'host' || role === 'coHost' || role === 'panelist' ? role : undefined,
    displayName: typeof shownName === 'string' && shownName.length <= 60 ? shownName : undefined,
  };
}

function parseClaims(payload: string): Record<string, unknown> {
  try {
    const bytes = Uint8Array.from(atob(payload.replace(/-/g, '+').replace(/_/g, '/')), (char) => char.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : {};
  } catch {
    // Not a JWT: the server will say so on joining; the page only loses its prefilled name.
    return {};
  }
}
