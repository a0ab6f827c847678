/** Faults of a server: what the tampering proxy does, and the one rule that it breaks. */
import { type LiveTestProgram } from '../live-test-program.ts';
import { type ProxiedRequest, refused, type Tampering, withHeaders, withText } from './tampering-proxy.ts';

export interface HttpCase {
  readonly rule: number;
  readonly severity?: 'E' | 'W';
  readonly what: string;
  readonly tampering: (live: LiveTestProgram) => Tampering;
  /** A program of its own, which this is done to before the check begins. */
  readonly prepare?: (live: LiveTestProgram) => void;
}

const isPlaylist = ({ path }: ProxiedRequest) => path.endsWith('.m3u8');
const isMedia = ({ path }: ProxiedRequest) => path.endsWith('.m4s');
const isPart = ({ path }: ProxiedRequest) => /\/\d+\.\d+\.m4s$/.test(path);
const isMediaPlaylist = ({ path }: ProxiedRequest) => path.endsWith('/media.m3u8');
const isHinted = ({ path }: ProxiedRequest, live: LiveTestProgram) => {
  const [, msn = NaN, part = NaN] = (/\/(\d+)\.(\d+)\.m4s$/.exec(path) ?? []).map(Number);
  const next = positionOf(live);
  return msn > next.msn || (msn === next.msn && part >= next.part);
};
const numberOf = ({ path }: ProxiedRequest) => Number(/\/(\d+)(?:\.\d+)?\.m4s$/.exec(path)?.[1] ?? NaN);
const isPlain = ({ query }: ProxiedRequest) => !query.includes('_HLS_');
const positionOf = ({ program }: LiveTestProgram) => ({
  msn: program.program.nextMsn,
  part: program.program.window('video')!.open?.parts.length ?? 0,
  first: program.program.window('video')!.segments[0]!.mediaSequenceNumber,
});

type Spoil = NonNullable<Tampering['answer']>;
const spoiled = (rule: number, what: string, answer: Spoil, rest: Partial<HttpCase> = {}): HttpCase => ({
  rule,
  what,
  tampering: () => ({ answer }),
  ...rest,
});
const headersOf =
  (which: (request: ProxiedRequest) => boolean, headers: Record<string, string | undefined>): Spoil =>
  (request, reply) =>
    which(request) && reply.status === 200 ? withHeaders(reply, headers) : undefined;

export const httpCases: readonly HttpCase[] = [
  {
    rule: 5,
    what: 'a multivariant playlist that neither its path nor its type tells',
    tampering: () => ({
      ask: ({ path }) => (path.endsWith('/multivariant') ? `${path}.m3u8` : undefined),
      answer: (request, reply) =>
        request.path.endsWith('/multivariant') ? withHeaders(reply, { 'content-type': 'text/plain' }) : undefined,
    }),
  },
  {
    rule: 13,
    what: 'segments gone as soon as they are not listed any more',
    tampering: (live) => ({
      answer: (request, reply) =>
        !isPart(request) && numberOf(request) < positionOf(live).first ? refused(reply, 404) : undefined,
    }),
  },
  spoiled(14, 'parts that are listed and missing', (request, reply) =>
    /\d\.2\.m4s$/.test(request.path) ? refused(reply, 404) : undefined,
  ),
  spoiled(18, 'an init that is missing', (request, reply) =>
    request.path.endsWith('.mp4') ? refused(reply, 404) : undefined,
  ),
  {
    rule: 34,
    severity: 'E',
    what: 'parts gone with their tags',
    tampering: (live) => ({
      answer: (request, reply) =>
        isPart(request) && numberOf(request) < positionOf(live).msn - 4 ? refused(reply, 404) : undefined,
    }),
  },
  {
    rule: 41,
    what: '_HLS_part alone is answered',
    tampering: () => ({ ask: ({ path, query }) => (query === '_HLS_part=0' ? path : undefined) }),
  },
  {
    rule: 42,
    what: 'an ended playlist refuses directives',
    prepare: (live) => live.end(),
    tampering: () => ({ answer: (request, reply) => (isPlain(request) ? undefined : refused(reply, 400)) }),
  },
  {
    rule: 43,
    what: 'reloads that do not wait',
    tampering: (live) => ({
      ask: ({ path, query }) => {
        const { msn, part } = positionOf(live);
        const [, ofMsn, ofPart] = /^_HLS_msn=(\d+)&_HLS_part=(\d+)/.exec(query) ?? [];
        const isHeld = Number(ofMsn) === msn && Number(ofPart) >= part && Number(ofPart) < 20;
        return isHeld ? `${path}?${query.includes('skip') ? '_HLS_skip=YES' : ''}` : undefined;
      },
      answer: headersOf(({ query }) => query.startsWith('_HLS_msn'), { 'cache-control': 'max-age=12' }),
    }),
  },
  spoiled(44, 'a part behind the end of its segment is refused', (request, reply) =>
    request.query.endsWith('_HLS_part=6') ? refused(reply, 400) : undefined,
  ),
  {
    rule: 45,
    what: 'what is far ahead is answered',
    tampering: (live) => ({
      ask: ({ path, query }) =>
        Number(/^_HLS_msn=(\d+)$/.exec(query)?.[1] ?? 0) > positionOf(live).msn + 5 ? path : undefined,
    }),
  },
  {
    rule: 46,
    what: 'reloads held for ever',
    prepare: (live) => live.stall(),
    tampering: () => ({
      answer: (request, reply) => (reply.status === 503 ? { ...reply, isSilent: true } : undefined),
    }),
  },
  spoiled(47, 'parts without their length', (request, reply) => {
    const { 'content-length': _length, ...headers } = reply.headers;
    return isPart(request) ? { ...reply, headers } : undefined;
  }),
  {
    rule: 47,
    what: 'hinted parts that trickle',
    tampering: (live) => {
      const hinted = new WeakSet<ProxiedRequest>();
      return {
        ask: (request) => {
          if (isHinted(request, live)) hinted.add(request);
          return undefined;
        },
        answer: (request, reply) => (hinted.has(request) ? { ...reply, trickleMs: 600 } : undefined),
      };
    },
  },
  spoiled(48, 'directives in another order are refused', (request, reply) =>
    /^_HLS_part=\d+&_HLS_msn/.test(request.query) ? refused(reply, 400) : undefined,
  ),
  spoiled(49, 'a rendition that is listed and not ready', (request, reply) =>
    request.path.includes('video-low/media')
      ? withHeaders(refused(reply, 503), { 'retry-after': undefined })
      : undefined,
  ),
  {
    rule: 68,
    what: 'media gone with its playlist',
    tampering: (live) => {
      const startedAtMs = performance.now();
      const fetched = new Set<string>();
      let isRemoved = false;
      return {
        answer: (request, reply) => {
          isRemoved ||= performance.now() - startedAtMs > 3000;
          if (isPlaylist(request)) return isRemoved ? refused(reply, 404) : undefined;
          // Only what is asked for once more: the first download is under way when the playlist goes.
          const isGone =
            isRemoved &&
            !isPart(request) &&
            fetched.has(request.path) &&
            numberOf(request) > positionOf(live).first + 3;
          fetched.add(request.path);
          return isGone ? refused(reply, 404) : undefined;
        },
      };
    },
  },
  spoiled(72, 'playlists as plain text', headersOf(isPlaylist, { 'content-type': 'text/plain' })),
  spoiled(72, 'segments as a download', headersOf(isMedia, { 'content-type': 'application/octet-stream' })),
  spoiled(73, 'gzip without Vary', headersOf(isPlaylist, { vary: undefined })),
  spoiled(
    73,
    'a redirect',
    (request, reply) =>
      request.path.endsWith('audio/media.m3u8') && !request.query.includes('moved')
        ? {
            ...refused(reply, 302),
            headers: { ...reply.headers, location: `?${request.query === '' ? '' : `${request.query}&`}moved=1` },
          }
        : undefined,
    { severity: 'W' },
  ),
  {
    rule: 73,
    what: 'playlists never gzipped',
    tampering: () => ({
      answer: (request, reply) =>
        isPlaylist(request) && reply.headers['content-encoding'] === 'gzip'
          ? withHeaders(unzipped(reply), { 'content-encoding': undefined })
          : undefined,
    }),
  },
  spoiled(74, 'no Access-Control-Allow-Origin', headersOf(isMedia, { 'access-control-allow-origin': undefined })),
  spoiled(74, 'Age and Date not exposed', headersOf(isPlaylist, { 'access-control-expose-headers': undefined })),
  spoiled(74, 'no preflight', (request, reply) => (request.method === 'OPTIONS' ? refused(reply, 405) : undefined)),
  spoiled(75, 'no Cache-Control on playlists', headersOf(isPlaylist, { 'cache-control': undefined })),
  spoiled(
    75,
    'live playlists kept for a minute',
    headersOf((request) => isMediaPlaylist(request) && isPlain(request), { 'cache-control': 'max-age=60' }),
  ),
  spoiled(75, 'media that must not be stored', headersOf(isMedia, { 'cache-control': 'no-store' })),
  spoiled(75, 'one ETag for both encodings', headersOf(isMediaPlaylist, { etag: '"same"' })),
  spoiled(
    75,
    'a Last-Modified of yesterday',
    headersOf(isMediaPlaylist, { 'last-modified': new Date(Date.now() - 86_400_000).toUTCString() }),
  ),
  spoiled(75, 'errors kept for an hour', (_request, reply) =>
    reply.status >= 400 ? withHeaders(reply, { 'cache-control': 'max-age=3600' }) : undefined,
  ),
  spoiled(76, 'ranges that are listed and ignored', (request, reply) =>
    isMediaPlaylist(request) && reply.status === 200
      ? withText(reply, (text) => text.replace(/(#EXTINF[^\n]*\n)/g, '#EXT-X-BYTERANGE:50@0\n$1'))
      : undefined,
  ),
];

function unzipped(reply: Parameters<Spoil>[1]): Parameters<Spoil>[1] {
  const plain = withText(reply, (text) => text);
  let text = '';
  withText(plain, (body) => (text = body));
  return { ...plain, body: Buffer.from(text) };
}
