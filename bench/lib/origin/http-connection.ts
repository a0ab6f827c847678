/** One keep-alive connection that asks for one thing at a time, over a bare socket: a load generator has to be light. */
import { connect, type Socket } from 'node:net';

export interface HttpReply {
  readonly status: number;
  readonly etag: string | undefined;
  readonly isGzipped: boolean;
  readonly sizeBytes: number;
  /** Empty when the body was only counted. */
  readonly body: Buffer;
}

interface Pending {
  readonly keepsBody: boolean;
  readonly resolve: (reply: HttpReply) => void;
  readonly reject: (error: Error) => void;
}

interface Head extends Omit<HttpReply, 'body'> {
  readonly endAt: number;
}

const headEnd = Buffer.from('\r\n\r\n');
const empty = Buffer.alloc(0);

export class HttpConnection {
  readonly #port: number;
  #socket: Socket | undefined;
  #pending: Pending | undefined;
  #unread: Buffer = empty;
  #head: Head | undefined;
  #chunks: Buffer[] = [];
  #leftBytes = 0;

  constructor(port: number) {
    this.#port = port;
  }

  /**
   * Gzip is asked for, as browsers do, and not undone. @param keepsBody false when only its size matters
   * @throws Error when the connection breaks or the reply has no Content-Length
   */
  get(path: string, keepsBody: boolean): Promise<HttpReply> {
    const { promise, resolve, reject } = Promise.withResolvers<HttpReply>();
    this.#pending = { keepsBody, resolve, reject };
    this.#socket ??= this.#connect();
    this.#socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n`);
    return promise;
  }

  close(): void {
    this.#socket?.destroy();
  }

  #connect(): Socket {
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => {
      if (this.#socket === socket) this.#fail(new Error('The connection was closed.'));
    });
    return socket;
  }

  #read(chunk: Buffer): void {
    let rest = chunk;
    if (this.#head === undefined) {
      this.#unread = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);
      const endAt = this.#unread.indexOf(headEnd);
      if (endAt < 0) return;
      const head = parseHead(this.#unread, endAt);
      if (head === undefined) return this.#fail(new Error('The reply has no status or no Content-Length.'));
      this.#head = head;
      this.#leftBytes = head.sizeBytes;
      rest = this.#unread.subarray(head.endAt);
      this.#unread = empty;
    }
    if (this.#pending?.keepsBody === true && rest.length > 0) this.#chunks.push(rest);
    this.#leftBytes -= rest.length;
    if (this.#leftBytes > 0) return;
    const { status, etag, isGzipped, sizeBytes } = this.#head;
    const pending = this.#pending;
    const body = this.#chunks.length === 0 ? empty : Buffer.concat(this.#chunks);
    this.#head = undefined;
    this.#pending = undefined;
    this.#chunks = [];
    pending?.resolve({ status, etag, isGzipped, sizeBytes, body });
  }

  /** The next request opens another connection. */
  #fail(error: Error): void {
    const pending = this.#pending;
    this.#socket?.destroy();
    this.#socket = undefined;
    this.#pending = undefined;
    this.#head = undefined;
    this.#unread = empty;
    this.#chunks = [];
    pending?.reject(error);
  }
}

function parseHead(bytes: Buffer, headLength: number): Head | undefined {
  const text = bytes.toString('latin1', 0, headLength);
  const sizeBytes = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
  if (!text.startsWith('HTTP/1.1 ') || sizeBytes === undefined) return undefined;
  return {
    status: Number(text.slice(9, 12)),
    etag: /\r\netag: *(\S+)/i.exec(text)?.[1],
    isGzipped: /\r\ncontent-encoding: *gzip/i.test(text),
    sizeBytes: Number(sizeBytes),
    endAt: headLength + headEnd.length,
  };
}
