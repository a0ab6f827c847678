/**
 * Coded errors: every failure that leaves a module carries a stable code, who is to blame, and what to do.
 * Decisions are made on `code`, `fault` and `retryable`, never on message text.
 */

/** Who has to change something: the caller, the remote peer, a destination we write to, or we ourselves. */
export type Fault = 'caller' | 'peer' | 'destination' | 'internal';

export interface ErrorSpec {
  readonly fault: Fault;
  /** True when the same call may succeed later without a change by the caller. */
  readonly retryable: boolean;
  /** Status when the error answers an HTTP request, 400..599. */
  readonly httpStatus: number;
  /** What happened, one sentence. */
  readonly summary: string;
  /** What to do about it, one sentence. */
  readonly fix: string;
}

export type ErrorCatalog = Readonly<Record<string, ErrorSpec>>;

export interface ErrorOptions {
  readonly cause?: unknown;
  /** Sentence that says what exactly happened; the catalog's summary by default. */
  readonly message?: string;
  /** Small, secret-free values for the log and the reply. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export class RostrumError extends Error {
  override readonly name = 'RostrumError';
  readonly code: string;
  readonly spec: ErrorSpec;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: string, spec: ErrorSpec, options: ErrorOptions = {}) {
    super(options.message ?? spec.summary, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.spec = spec;
    this.details = options.details;
  }

  get fault(): Fault {
    return this.spec.fault;
  }

  get retryable(): boolean {
    return this.spec.retryable;
  }

  /** The shape every outside contract answers with. */
  toReply(): ErrorReply {
    const message = this.message.includes(this.spec.fix) ? this.message : `${this.message} ${this.spec.fix}`;
    return { code: this.code, message, ...(this.details === undefined ? {} : { details: this.details }) };
  }
}

export interface ErrorReply {
  readonly code: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Makes the error constructor of one folder from its catalog; keys are AREA_REASON and never reused. */
export function defineErrors<Catalog extends ErrorCatalog>(catalog: Catalog) {
  return (code: keyof Catalog & string, options?: ErrorOptions): RostrumError =>
    new RostrumError(code, catalog[code]!, options);
}

export const coreErrorCatalog = {
  CORE_INTERNAL: {
    fault: 'internal',
    retryable: true,
    httpStatus: 500,
    summary: 'Something went wrong on our side.',
    fix: 'Try again; if it stays, give the operator the time and this code.',
  },
  CORE_DEADLINE: {
    fault: 'internal',
    retryable: true,
    httpStatus: 504,
    summary: 'The operation did not finish in time.',
    fix: 'Try again; if it stays, look at the log of the component named.',
  },
  CORE_CLOSED: {
    fault: 'internal',
    retryable: true,
    httpStatus: 503,
    summary: 'The component is closing or closed.',
    fix: 'Try again after the restart.',
  },
  CORE_QUEUE_FULL: {
    fault: 'internal',
    retryable: true,
    httpStatus: 503,
    summary: 'A bounded queue is full.',
    fix: 'Slow down and try again.',
  },
} as const satisfies ErrorCatalog;

export const coreError = defineErrors(coreErrorCatalog);

/** Any thrown value as a coded error; unknown ones become CORE_INTERNAL with their cause kept out of the reply. */
export function toRostrumError(thrown: unknown): RostrumError {
  return thrown instanceof RostrumError ? thrown : coreError('CORE_INTERNAL', { cause: thrown });
}
