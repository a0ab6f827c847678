/** The owner's handle on what a program receives. */
import { sfuError } from './errors.ts';
import { type FeedLayer, type ProgramFeeds } from './program-feeds.ts';

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

  /** Highest simulcast layer for the stage, lowest for a thumbnail. @throws SFU_NOT_FOUND */
  async setFeedLayer(consumerId: string, layer: FeedLayer): Promise<void> {
    await this.#feeds().setLayer(consumerId, layer);
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
