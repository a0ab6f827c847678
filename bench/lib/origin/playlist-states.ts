/** Media playlists as a load generator reads them: each state once, however many of its viewers get it. */
import { gunzipSync } from 'node:zlib';
import { parseMediaPlaylist } from '../../../test/support/hls-playlist-parser.ts';
import { type HttpReply } from './http-connection.ts';

export interface ListedPart {
  readonly mediaSequenceNumber: number;
  readonly partIndex: number;
  readonly uri: string;
}

export interface PlaylistState {
  /** Oldest first. */
  readonly parts: readonly ListedPart[];
  readonly mapUri: string | undefined;
  /** What hls.js would ask for next (llhls.md 3.6). */
  readonly nextDirectives: string;
}

const keptCount = 64;

export class PlaylistStates {
  readonly #byEtag = new Map<string, PlaylistState>();

  /** @throws Error when the playlist breaks a rule */
  read(reply: HttpReply): PlaylistState {
    const known = reply.etag === undefined ? undefined : this.#byEtag.get(reply.etag);
    if (known !== undefined) return known;
    const state = stateOf((reply.isGzipped ? gunzipSync(reply.body) : reply.body).toString());
    if (reply.etag !== undefined) this.#byEtag.set(reply.etag, state);
    if (this.#byEtag.size > keptCount) this.#byEtag.delete(this.#byEtag.keys().next().value!);
    return state;
  }
}

function stateOf(text: string): PlaylistState {
  const { segments, open } = parseMediaPlaylist(text);
  const parents = open === undefined ? segments : [...segments, open];
  const parts = parents.flatMap(({ mediaSequenceNumber, parts: ofOne }) =>
    ofOne.map(({ uri }, partIndex) => ({ mediaSequenceNumber, partIndex, uri })),
  );
  const lastMsn = segments.at(-1)?.mediaSequenceNumber ?? -1;
  const openPartCount = open?.parts.length ?? 0;
  return {
    parts,
    mapUri: parents.findLast(({ mapUri }) => mapUri !== undefined)?.mapUri,
    nextDirectives: `_HLS_msn=${lastMsn + 1}&_HLS_part=${openPartCount}&_HLS_skip=YES`,
  };
}
