/** The link that a host hands out to viewers: only the server can make one that opens a private webinar, so it is asked. */
import { isRecord, requestJson } from '../lib/http.ts';
import { Store } from '../lib/store.ts';

export type HostViewerLinkState =
  | { readonly phase: 'asking'; readonly url?: undefined }
  | { readonly phase: 'failed'; readonly url?: undefined }
  | { readonly phase: 'known'; readonly url: string };

export class HostViewerLink {
  readonly state = new Store<HostViewerLinkState>({ phase: 'asking' });
  readonly #webinarId: string;
  readonly #token: string;

  /** @param token of a host of this webinar */
  constructor(webinarId: string, token: string) {
    this.#webinarId = webinarId;
    this.#token = token;
  }

  /** Never throws; after a failure it may be called again. */
  async ask(): Promise<void> {
    this.state.set({ phase: 'asking' });
    try {
      const path = `/api/webinars/${encodeURIComponent(this.#webinarId)}/viewer-link`;
      const reply = await requestJson(path, { bearer: this.#token });
      const url = isRecord(reply) ? reply['url'] : undefined;
      this.state.set(typeof url === 'string' ? { phase: 'known', url } : { phase: 'failed' });
    } catch {
      this.state.set({ phase: 'failed' });
    }
  }
}
