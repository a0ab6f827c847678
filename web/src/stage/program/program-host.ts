/** The host's actions on the program, each answered with what went wrong, if anything. */
import type { LayoutChange, Scene } from '../../../../src/signaling/protocol/index.ts';
import { ApiError, messageOf } from '../../lib/api-error.ts';
import { requestJson } from '../../lib/http.ts';
import { fetchServerWallMs } from '../../lib/public-api.ts';
import { type SignalingClient } from '../signaling-client.ts';

/** What the look is changed by: what is left out stays, null removes. */
export interface LookChange {
  readonly theme?: { readonly base: string } | null;
  readonly ticker?: string | null;
  readonly banner?: { readonly text: string; readonly detail?: string } | null;
  readonly logo?: { readonly imageBase64: string } | null;
}

/** As the server takes them: 4 MiB. */
export const maxLogoBytes = 4 * 1024 * 1024;

/** A logo of several megabytes over a slow line. */
const lookDeadlineMs = 30_000;

export class ProgramHost {
  readonly #signaling: Pick<SignalingClient, 'request'>;
  readonly #brandingUrl: string;
  readonly #token: string;
  readonly #report: (message: string | undefined) => void;

  constructor(options: {
    signaling: Pick<SignalingClient, 'request'>;
    webinarId: string;
    token: string;
    report: (message: string | undefined) => void;
  }) {
    this.#signaling = options.signaling;
    this.#brandingUrl = `/api/webinars/${encodeURIComponent(options.webinarId)}/branding`;
    this.#token = options.token;
    this.#report = options.report;
  }

  /** Resolves, as all of these, when viewers see it or a problem was reported. */
  async setLayout(change: LayoutChange): Promise<void> {
    await this.#try('The layout', () => this.#signaling.request('setLayout', change));
  }

  async setPinned(peerId: string, pinned: boolean): Promise<void> {
    await this.#try('The pin', () => this.#signaling.request('setPinned', { peerId, pinned }));
  }

  async setScene(scene: Scene): Promise<void> {
    await this.#try('The scene', () => this.#signaling.request('setScene', scene));
  }

  /** By the server's clock: this device's may be wrong. */
  async countDown(minutes: number): Promise<void> {
    await this.#try('The scene', async () => {
      const untilWallMs = Math.round((await fetchServerWallMs()) + minutes * 60_000);
      await this.#signaling.request('setScene', { kind: 'countdown', untilWallMs });
    });
  }

  async setLook(change: LookChange): Promise<void> {
    await this.#try('The look', async () => {
      const options = { method: 'PUT', body: change, bearer: this.#token, deadlineMs: lookDeadlineMs } as const;
      try {
        const reply = (await requestJson(this.#brandingUrl, options)) as { problems?: { message: string }[] };
        const problem = reply.problems?.[0];
        if (problem !== undefined) this.#report(problem.message);
      } catch (thrown) {
        // Kept for the start: what was wanted.
        if (!(thrown instanceof ApiError && thrown.code === 'PROGRAM_NOT_LIVE')) throw thrown;
      }
    });
  }

  async setLogo(file: Blob): Promise<void> {
    if (file.size > maxLogoBytes) {
      this.#report('This picture is too large: a logo may have up to 4 MB.');
      return;
    }
    const bytes = new Uint8Array(await file.arrayBuffer());
    await this.setLook({ logo: { imageBase64: toBase64(bytes) } });
  }

  async #try(what: string, action: () => Promise<unknown>): Promise<void> {
    this.#report(undefined);
    try {
      await action();
    } catch (thrown) {
      // Kept on the server, and given to whichever mixer comes next.
      const isLate = thrown instanceof ApiError && thrown.code === 'PROGRAM_NOT_APPLIED';
      this.#report(
        isLate
          ? `${what} is decided, but viewers do not see it yet: the mixer is busy. It comes by itself.`
          : `${what} was not changed: ${messageOf(thrown)}`,
      );
    }
  }
}

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  // In pieces: a call takes only so many arguments.
  for (let start = 0; start < bytes.length; start += 0x8000)
    binary += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  return btoa(binary);
}
