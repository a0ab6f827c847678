/** One request, whichever version of HTTP it came by. */
import { type IncomingHttpHeaders } from 'node:http';

/** Whom a request came from, as far as its connection and its headers say. */
export interface RequestSender {
  readonly headers: IncomingHttpHeaders;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/** The other end: a response of HTTP/1.1, a stream of HTTP/2. */
export interface ClientEnd {
  readonly destroyed: boolean;
  once(event: 'close', listener: () => void): unknown;
  off(event: 'close', listener: () => void): unknown;
}

export interface HlsRequest extends RequestSender {
  readonly method: string;
  /** Path and query as they came. */
  readonly target: string;
  readonly client: ClientEnd;
}
