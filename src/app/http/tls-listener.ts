/** The encrypted port: HTTP/2 or HTTP/1.1, as the handshake agrees (ALPN, RFC 7301). */
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { type Server } from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';
import { createSecureContext, createServer, type Server as TlsServer, type TLSSocket } from 'node:tls';
import { type Clock } from '../../core/clock.ts';
import { Lifecycle } from '../../core/lifecycle.ts';
import { type Logger } from '../../core/logger.ts';
import { appError } from '../errors.ts';
import { Http2Sessions, type StreamHandler } from './http2-sessions.ts';
import { listenOn } from './listen-on.ts';

const handshakeDeadlineMs = 10_000;
/** Certificates are renewed every few weeks, by others; what they wrote is taken up after this long. */
const lookPeriodMs = 60_000;

export interface TlsFiles {
  /** PEM, the server's own first. */
  readonly certFile: string;
  readonly keyFile: string;
}

export interface TlsListenerOptions extends TlsFiles {
  readonly host: string;
  readonly port: number;
  /** Gets the connections of HTTP/1.1, WebSockets among them; it closes them. */
  readonly http1: Server;
  readonly hlsStream: StreamHandler;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class TlsListener extends Lifecycle {
  readonly #options: TlsListenerOptions;
  readonly #sessions: Http2Sessions;
  readonly #server: TlsServer;
  /** All of them: those whose handshake is not done have no other owner. */
  readonly #raw = new Set<Socket>();
  #filesStamp: string;

  /** @throws TLS_CERTIFICATE_UNUSABLE */
  constructor(options: TlsListenerOptions) {
    super({ clock: options.clock, closeDeadlineMs: 5000 });
    this.#options = options;
    this.#sessions = new Http2Sessions({ hls: options.hlsStream, http1: options.http1 });
    this.#filesStamp = stampOf(options);
    this.#server = createServer(
      {
        ...readCertificate(options, options.clock),
        noDelay: true,
        ALPNProtocols: ['h2', 'http/1.1'],
        minVersion: 'TLSv1.2',
        handshakeTimeout: handshakeDeadlineMs,
      },
      (socket) => this.#serve(socket),
    );
    this.#server.on('connection', (socket: Socket) => {
      this.#raw.add(socket);
      socket.once('close', () => this.#raw.delete(socket));
    });
    // Scanners and browsers that do not trust the certificate: nothing to mend here.
    this.#server.on('tlsClientError', (error) => options.logger.debug({ error }, 'TLS handshake failed'));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get http2SessionCount(): number {
    return this.#sessions.sessionCount;
  }

  /** @throws HTTP_PORT_TAKEN, HTTP_PORT_FORBIDDEN */
  async start(): Promise<void> {
    const { host, port, clock, logger } = this.#options;
    await listenOn(this.#server, host, port, logger);
    this.own('listener', () => this.#stop());
    const look = clock.repeat(lookPeriodMs, () => this.takeUpCertificate());
    this.own('certificate', () => look.cancel());
    this.advanceTo('running');
  }

  /** Connections from now on get what is in the files now, when that has changed. What does not fit is logged and left. */
  takeUpCertificate(): void {
    try {
      const stamp = stampOf(this.#options);
      if (stamp === this.#filesStamp) return;
      this.#filesStamp = stamp;
      this.#server.setSecureContext(readCertificate(this.#options, this.#options.clock));
      this.#options.logger.info({}, 'new TLS certificate taken up');
    } catch (error) {
      this.#options.logger.error({ error }, 'new TLS certificate cannot be used; the one before stays');
    }
  }

  #serve(socket: TLSSocket): void {
    if (socket.alpnProtocol === 'h2') this.#sessions.serve(socket);
    else this.#options.http1.emit('connection', socket);
  }

  async #stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#sessions.close();
    for (const socket of this.#raw) socket.destroy();
    await closed;
  }
}

/** Changes whenever one of the files does. */
function stampOf({ certFile, keyFile }: TlsFiles): string {
  try {
    return [certFile, keyFile].map((file) => `${statSync(file).mtimeMs} ${statSync(file).size}`).join(' ');
  } catch (cause) {
    throw unusable(cause);
  }
}

/** @throws TLS_CERTIFICATE_UNUSABLE */
function readCertificate({ certFile, keyFile }: TlsFiles, clock: Clock): { cert: Buffer; key: Buffer } {
  try {
    const [cert, key] = [readFileSync(certFile), readFileSync(keyFile)];
    createSecureContext({ cert, key });
    const { validTo } = new X509Certificate(cert);
    if (Date.parse(validTo) < clock.wallMs()) throw new Error(`it expired on ${validTo}`);
    return { cert, key };
  } catch (cause) {
    throw unusable(cause);
  }
}

function unusable(cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return appError('TLS_CERTIFICATE_UNUSABLE', { cause, message: `The TLS certificate cannot be used: ${reason}.` });
}
