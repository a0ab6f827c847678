/**
 * Asks the server under check. Nothing served is trusted: bodies and times are bounded, other origins are refused, and
 * redirects are followed a few times at most, never without being told.
 */
import { once } from 'node:events';
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { gunzipSync, inflateSync, brotliDecompressSync } from 'node:zlib';
import { type Clock } from '../../../core/clock.ts';
import { RostrumError } from '../../../core/errors.ts';
import { hlsCheckError } from '../errors.ts';
import { type CheckAnswer } from './answer.ts';

export interface CheckClientOptions {
  readonly clock: Clock;
  /** Origins that may be asked: that of the stream, and those that were named. */
  readonly allowedOrigins: readonly string[];
  /** Ends everything under way. */
  readonly signal: AbortSignal;
}

export interface AskOptions {
  readonly method?: 'GET' | 'OPTIONS';
  readonly headers?: Readonly<Record<string, string>>;
  readonly deadlineMs?: number;
  readonly maxBytes?: number;
}

const defaultDeadlineMs = 10_000;
const defaultMaxBytes = 8 * 1024 * 1024;
const maxRedirects = 3;
const maxSockets = 256;
const maxHeaderBytes = 32 * 1024;

export class CheckClient {
  readonly #options: CheckClientOptions;
  readonly #agents = {
    'http:': new HttpAgent({ keepAlive: true, maxSockets }),
    'https:': new HttpsAgent({ keepAlive: true, maxSockets }),
  };

  constructor(options: CheckClientOptions) {
    this.#options = options;
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  isAllowed(url: string): boolean {
    return URL.canParse(url) && this.#options.allowedOrigins.includes(new URL(url).origin);
  }

  /**
   * @throws HLS_CHECK_ORIGIN_REFUSED, HLS_CHECK_UNREACHABLE, HLS_CHECK_DEADLINE, HLS_CHECK_ANSWER_TOO_LARGE,
   * HLS_CHECK_STOPPED
   */
  async ask(url: string, options: AskOptions = {}): Promise<CheckAnswer> {
    const redirects: string[] = [];
    let at = url;
    for (;;) {
      if (!this.isAllowed(at)) throw hlsCheckError('HLS_CHECK_ORIGIN_REFUSED', { details: { url: at.slice(0, 500) } });
      const answer = await this.#askOnce(at, options, redirects);
      const { location } = answer.headers;
      const isRedirect = [301, 302, 303, 307, 308].includes(answer.status) && location !== undefined;
      if (!isRedirect || redirects.length >= maxRedirects || !URL.canParse(location, at)) return answer;
      redirects.push(at);
      at = new URL(location, at).href;
    }
  }

  async #askOnce(url: string, options: AskOptions, redirects: readonly string[]): Promise<CheckAnswer> {
    const { clock, signal } = this.#options;
    const { method = 'GET', headers = {}, deadlineMs = defaultDeadlineMs, maxBytes = defaultMaxBytes } = options;
    if (signal.aborted) throw hlsCheckError('HLS_CHECK_STOPPED');
    const target = new URL(url);
    const protocol = target.protocol as 'http:' | 'https:';
    const abort = new AbortController();
    const stop = () => abort.abort();
    signal.addEventListener('abort', stop, { once: true });
    let isLate = false;
    const timer = clock.schedule(deadlineMs, () => {
      isLate = true;
      abort.abort();
    });
    const askedAtMs = clock.nowMs();
    try {
      const send = protocol === 'https:' ? httpsRequest : httpRequest;
      const req = send(target, {
        method,
        agent: this.#agents[protocol],
        signal: abort.signal,
        maxHeaderSize: maxHeaderBytes,
        headers: { 'user-agent': 'rostrum-hls-check', accept: '*/*', ...headers },
      });
      // Aborted sockets may fail once more, when nobody listens any longer.
      req.on('error', () => undefined);
      req.end();
      const [res] = (await once(req, 'response', { signal: abort.signal })) as [IncomingMessage];
      const read = await readBody(res, maxBytes, clock);
      const body = decode(read.bytes, res.headers['content-encoding'], maxBytes);
      const firstByteAtMs = read.firstByteAtMs ?? clock.nowMs();
      const base = { url, status: res.statusCode ?? 0, headers: res.headers, body, redirects };
      return { ...base, askedAtMs, firstByteAtMs, endAtMs: clock.nowMs() };
    } catch (error) {
      abort.abort();
      if (error instanceof RostrumError) throw error;
      if (signal.aborted) throw hlsCheckError('HLS_CHECK_STOPPED');
      const details = { url: url.slice(0, 500) };
      if (isLate) throw hlsCheckError('HLS_CHECK_DEADLINE', { details, cause: error });
      const message = `The server did not answer: ${(error as NodeJS.ErrnoException).code ?? 'connection broken'}.`;
      throw hlsCheckError('HLS_CHECK_UNREACHABLE', { cause: error, message, details });
    } finally {
      timer.cancel();
      signal.removeEventListener('abort', stop);
    }
  }
}

/** @throws HLS_CHECK_ANSWER_TOO_LARGE */
async function readBody(
  res: IncomingMessage,
  maxBytes: number,
  clock: Clock,
): Promise<{ bytes: Buffer; firstByteAtMs: number | undefined }> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  let firstByteAtMs: number | undefined;
  for await (const chunk of res as AsyncIterable<Buffer>) {
    firstByteAtMs ??= clock.nowMs();
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) {
      res.destroy();
      throw hlsCheckError('HLS_CHECK_ANSWER_TOO_LARGE', { details: { maxBytes } });
    }
    chunks.push(chunk);
  }
  return { bytes: Buffer.concat(chunks), firstByteAtMs };
}

/** A body that cannot be decoded stays as it is: the rules will not make sense of it. @throws HLS_CHECK_ANSWER_TOO_LARGE */
function decode(bytes: Buffer, encoding: string | undefined, maxOutputLength: number): Buffer {
  const decoders: Readonly<Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Buffer>> = {
    gzip: gunzipSync,
    'x-gzip': gunzipSync,
    deflate: inflateSync,
    br: brotliDecompressSync,
  };
  const decoder = Object.hasOwn(decoders, encoding ?? '') ? decoders[encoding!] : undefined;
  if (decoder === undefined || bytes.length === 0) return bytes;
  try {
    return decoder(bytes, { maxOutputLength });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw hlsCheckError('HLS_CHECK_ANSWER_TOO_LARGE', { details: { maxBytes: maxOutputLength } });
    return bytes;
  }
}
