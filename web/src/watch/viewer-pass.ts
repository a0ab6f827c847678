/** What the server knows this page by: signs its beacons, and lets it take part in the conversation. */
import { ApiError } from '../lib/api-error.ts';
import { isRecord, requestJson } from '../lib/http.ts';
import { PassMemory } from './pass-memory.ts';

/** Until the server has said how often it wants to hear. */
const firstPeriodMs = 10_000;

export interface ViewerPassOptions {
  readonly webinarId: string;
  /** Tells attendance who this is. */
  readonly invitation: string | undefined;
}

export class ViewerPass {
  readonly #options: ViewerPassOptions;
  readonly #memory: PassMemory;
  #asking: Promise<string> | undefined;
  #periodMs = firstPeriodMs;

  constructor(options: ViewerPassOptions) {
    this.#options = options;
    this.#memory = new PassMemory(options.webinarId);
  }

  /** Between two beacons. */
  get periodMs(): number {
    return this.#periodMs;
  }

  get known(): string | undefined {
    return this.#memory.get()?.pass;
  }

  /** Asks for one when there is none. @throws ApiError */
  get(): Promise<string> {
    const { known } = this;
    if (known !== undefined) return Promise.resolve(known);
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  /** It ran out, or is of another installation. */
  forget(): void {
    this.#memory.forget();
  }

  /** The number of the next beacon that this pass signs. */
  takeSequence(pass: string): number {
    const sequence = this.#memory.get()?.sequence ?? 0;
    this.#memory.set({ pass, sequence: sequence + 1 });
    return sequence;
  }

  async #ask(): Promise<string> {
    const { webinarId, invitation } = this.#options;
    const request = { method: 'POST', body: {}, ...(invitation !== undefined && { bearer: invitation }) } as const;
    const reply = await requestJson(`/api/webinars/${encodeURIComponent(webinarId)}/viewers`, request);
    const { pass, periodMs } = isRecord(reply) ? reply : {};
    if (typeof pass !== 'string' || typeof periodMs !== 'number') {
      throw new ApiError('WEB_BAD_REPLY', 'The server gave no pass.');
    }
    this.#periodMs = Math.max(firstPeriodMs / 2, periodMs);
    this.#memory.set({ pass, sequence: 0 });
    return pass;
  }
}
