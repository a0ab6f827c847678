/** Where a request carries its playback token: as the first element of the path, or in a cookie. Pure. */

/** What edges and embedding pages call the cookie. */
export const playbackCookieName = 'rostrum-playback';

export type TokenCarrier = 'path' | 'cookie';

export interface CarriedToken {
  /** The path without the token: the resource, and what is cached. */
  readonly path: string;
  readonly token: string | undefined;
  readonly carrier: TokenCarrier | undefined;
}

const pathPrefix = '/hls/t/';
const maxTokenLength = 1024;
const cookiePattern = new RegExp(`(?:^|;\\s*)${playbackCookieName}=([\\w.-]{1,${maxTokenLength}})(?:;|$)`);

/**
 * `/hls/t/<token>/<webinarId>/...` is `/hls/<webinarId>/...` with a token, which relative addresses in playlists keep. A
 * token in the path outranks the cookie.
 * @param path raw path of the request. @param cookie the Cookie header
 */
export function takePlaybackToken(path: string, cookie: string | undefined): CarriedToken {
  if (path.startsWith(pathPrefix)) {
    const endAt = path.indexOf('/', pathPrefix.length);
    if (endAt > pathPrefix.length && endAt - pathPrefix.length <= maxTokenLength) {
      return { path: `/hls${path.slice(endAt)}`, token: path.slice(pathPrefix.length, endAt), carrier: 'path' };
    }
  }
  const token = cookie === undefined ? undefined : cookiePattern.exec(cookie)?.[1];
  return { path, token, carrier: token === undefined ? undefined : 'cookie' };
}
