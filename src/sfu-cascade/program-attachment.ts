/** The owner's handle on what a program receives. */
import { sfuError } from './errors.ts';
import { type ProgramFeeds } from './program-feeds.ts';

export class ProgramAttachment {
  /** Changes when the home router moves to another worker. */
  readonly #program: { readonly feeds: ProgramFeeds | undefined };
  readonly #detach: () => void;

  constructor(program: { readonly feeds: ProgramFeeds | undefined }, detach: () => void) {
    this.#program = program;
    this.#detach = detach;
  }

  /** Starts sending and asks for a keyframe, once the mixer knows the SSRC. @throws SFU_NOT_FOUND */
  async resumeFeed(consumerId: string): Promise<void> {
    await this.#feeds().resume(consumerId);
  }

  /** Throttled; does nothing for audio. @throws SFU_NOT_FOUND */
  async requestKeyframe(consumerId: string): Promise<void> {
    await this.#feeds().requestKeyframe(consumerId);
  }

  /** The smallest simulcast layer that fills a tile of this height; null for a camera in no tile. @throws SFU_NOT_FOUND */
  async setFeedTileHeight(consumerId: string, heightPx: number | null): Promise<void> {
    await this.#feeds().setTileHeight(consumerId, heightPx);
  }

  /** Ends sending; the listener hears nothing any more. Idempotent. */
  detach(): void {
    this.#detach();
  }

  #feeds(): ProgramFeeds {
    if (this.#program.feeds === undefined) throw sfuError('SFU_NOT_FOUND');
    return this.#program.feeds;
  }
}
