/**
 * One connection's way in and out: takes whatever arrives, checks it (known, acknowledged, within rate, well-formed),
 * has it answered once within its deadline, and ends the connection of who breaks the rules too often. Nothing a client
 * sends can throw out of here.
 */
import { type z } from 'zod';
import { type Clock } from '../core/clock.ts';
import { type RostrumError, toRostrumError } from '../core/errors.ts';
import { withDeadline } from '../core/lifecycle.ts';
import { type Logger } from '../core/logger.ts';
import { signalingError } from './errors.ts';
import { signalingLimits } from './limits.ts';
import { requestMetaSchema } from './protocol/index.ts';
import { type BucketSpec, RateLimiter } from './rate-limit.ts';

/** What a connection needs of its socket. */
export interface ClientSocket {
  readonly isConnected: boolean;
  send(event: string, payload: unknown, number?: number): void;
  disconnect(): void;
}

/** Why a connection is ended, as the client is told. */
export interface RemovalReason {
  readonly code: string;
  readonly message: string;
}

export type Reply =
  | { readonly ok: true; readonly data: unknown }
  | {
      readonly ok: false;
      readonly error: { readonly code: string; readonly message: string; readonly details?: object };
    };
type Ack = (reply: Reply) => void;

/** The requests of one namespace. */
export interface RequestRules<Name extends string, Class extends string> {
  readonly schemas: Readonly<Record<Name, z.ZodType>>;
  readonly classes: Readonly<Record<Name, Class>>;
  readonly bucketSpecs: Readonly<Record<Class, BucketSpec>>;
  readonly deadlineMsOf: (name: Name) => number;
}

export interface ChannelServices {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called once per request with how it ended: `ok` or the error code. */
  readonly onAnswered: (request: string, outcome: string, durationMs: number) => void;
}

export interface RequestChannelOptions<Name extends string, Class extends string> extends ChannelServices {
  readonly socket: ClientSocket;
  readonly rules: RequestRules<Name, Class>;
  /** Answers one request that is well-formed. @throws coded errors */
  readonly handle: (name: Name, request: unknown) => Promise<unknown>;
  /** Where replies are kept for requests that are sent again; undefined while there is no such place. */
  readonly replies?: () => { run(requestId: string, make: () => Promise<Reply>): Promise<Reply> } | undefined;
  /** After the answer was sent; `code` is undefined when it was a good one. */
  readonly onSent?: (name: Name, code: string | undefined) => void;
}

export class RequestChannel<Name extends string, Class extends string> {
  readonly #options: RequestChannelOptions<Name, Class>;
  readonly #rates: RateLimiter<Class>;
  #isClosed = false;
  #wasRemoved = false;
  #pendingCount = 0;
  #violationCount = 0;
  #rateRefusalCount = 0;

  constructor(options: RequestChannelOptions<Name, Class>) {
    this.#options = options;
    this.#rates = new RateLimiter(options.rules.bucketSpecs, options.clock);
  }

  get isOpen(): boolean {
    return !this.#isClosed && this.#options.socket.isConnected;
  }

  /** Whether the server ended the connection for good. */
  get wasRemoved(): boolean {
    return this.#wasRemoved;
  }

  /** The socket is gone: nothing is sent or taken any more. */
  close(): void {
    this.#isClosed = true;
  }

  disconnect(): void {
    this.#options.socket.disconnect();
  }

  /** @param number of the event, where events have one */
  send(event: string, payload: unknown, number?: number): void {
    if (this.isOpen) this.#options.socket.send(event, payload, number);
  }

  /** Tells the client why, then ends the connection. Idempotent. */
  remove({ code, message }: RemovalReason): void {
    const { socket, logger } = this.#options;
    if (!this.isOpen) return;
    this.#wasRemoved = true;
    logger.info({ code }, 'connection removed');
    socket.send('removed', { code, message });
    socket.disconnect();
  }

  /** One incoming event with all its arguments. Never throws. */
  receive(name: string, args: readonly unknown[]): void {
    if (!this.isOpen) return;
    const ack = args.at(-1);
    if (typeof ack !== 'function') return this.#violate(name, undefined);
    const meta = args.length === 3 ? requestMetaSchema.safeParse(args[1]) : undefined;
    const isWellMade = args.length === 2 || meta?.success === true;
    if (!isWellMade || !this.#isRequestName(name)) return this.#violate(name, ack as Ack);
    void this.#answer(name, args[0], meta?.data?.requestId, ack as Ack);
  }

  /** Runs one request and acknowledges it exactly once. Never rejects. */
  async #answer(name: Name, payload: unknown, requestId: string | undefined, ack: Ack): Promise<void> {
    const { clock, onAnswered, onSent, replies } = this.#options;
    const startedMs = clock.nowMs();
    // In the same turn: a flood is told of each refusal before its connection ends.
    let reply = this.#rateRefusal(name);
    if (reply === undefined) {
      const known = requestId === undefined ? undefined : replies?.();
      const make = (): Promise<Reply> => this.#reply(name, payload);
      reply = await (known === undefined ? make() : known.run(`${name} ${requestId}`, make));
    }
    ack(reply);
    const code = reply.ok ? undefined : reply.error.code;
    onSent?.(name, code);
    onAnswered(name, code ?? 'ok', clock.nowMs() - startedMs);
  }

  async #reply(name: Name, payload: unknown): Promise<Reply> {
    try {
      return { ok: true, data: await this.#run(name, payload) };
    } catch (thrown) {
      return this.#refusal(name, toRostrumError(thrown));
    }
  }

  #refusal(name: Name, error: RostrumError): Reply {
    this.#logFailure(name, error);
    return { ok: false, error: error.toReply() };
  }

  async #run(name: Name, payload: unknown): Promise<unknown> {
    const { rules, handle, clock } = this.#options;
    if (this.#pendingCount >= signalingLimits.maxPendingRequests) throw signalingError('SIGNALING_BUSY');
    const request = parse(rules.schemas[name], payload);
    this.#pendingCount++;
    try {
      return await withDeadline(handle(name, request), rules.deadlineMsOf(name), clock, name);
    } finally {
      this.#pendingCount--;
    }
  }

  /** Undefined for a request within its rate. */
  #rateRefusal(name: Name): Reply | undefined {
    const retryAfterMs = this.#rates.take(this.#options.rules.classes[name]);
    if (retryAfterMs === 0) return undefined;
    if (++this.#rateRefusalCount >= signalingLimits.maxRateRefusals)
      this.remove(signalingError('SIGNALING_ABUSE').toReply());
    return this.#refusal(name, signalingError('SIGNALING_RATE_LIMITED', { details: { retryAfterMs } }));
  }

  #violate(name: string, ack: Ack | undefined): void {
    const isKnown = this.#isRequestName(name);
    const error = signalingError(isKnown ? 'SIGNALING_PAYLOAD_INVALID' : 'SIGNALING_REQUEST_UNKNOWN');
    ack?.({ ok: false, error: error.toReply() });
    this.#options.onAnswered(isKnown ? name : 'unknown', error.code, 0);
    if (++this.#violationCount >= signalingLimits.maxViolations)
      this.remove(signalingError('SIGNALING_ABUSE').toReply());
  }

  #isRequestName(name: string): name is Name {
    return Object.hasOwn(this.#options.rules.schemas, name);
  }

  #logFailure(request: string, error: RostrumError): void {
    const fields = { request, code: error.code };
    if (error.fault === 'caller') this.#options.logger.debug(fields, 'request refused');
    else this.#options.logger.error({ ...fields, error }, 'request failed');
  }
}

/** @throws SIGNALING_PAYLOAD_INVALID naming the fields, never their values */
function parse(schema: z.ZodType, payload: unknown): unknown {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .slice(0, signalingLimits.maxReportedProblems)
    .map(({ path, code }) => ({ path: path.join('.').slice(0, 100), code }));
  throw signalingError('SIGNALING_PAYLOAD_INVALID', { details: { problems } });
}
