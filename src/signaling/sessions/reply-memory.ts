/** Replies by the id their client gave the request: one that is sent again, after a lost connection, is not done again. */
import { type Reply } from '../request-channel.ts';

/** More than a client has under way at any time; of more, the oldest is forgotten. */
const maxKnownReplies = 256;

export class ReplyMemory {
  readonly #replies = new Map<string, Promise<Reply>>();

  /** The reply to this request, made now or before. */
  run(requestId: string, make: () => Promise<Reply>): Promise<Reply> {
    const known = this.#replies.get(requestId);
    if (known !== undefined) return known;
    const reply = make();
    this.#replies.set(requestId, reply);
    if (this.#replies.size > maxKnownReplies) this.#replies.delete(this.#replies.keys().next().value!);
    return reply;
  }
}
