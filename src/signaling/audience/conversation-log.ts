/**
 * The one writer of a conversation: checks what somebody wants to add against everything before it, stores it, and only
 * then applies it. Whatever came while the database was busy is stored together.
 */
import { type Clock } from '../../core/clock.ts';
import { type Logger } from '../../core/logger.ts';
import { signalingError } from '../errors.ts';
import { type ConversationStore } from '../ports.ts';
import { type Author, type ConversationEntry } from '../protocol/index.ts';
import { type ConversationRecord, type RecordBody } from './conversation-record.ts';
import { Conversation } from './conversation.ts';

/** Waiting for the database; more are refused with AUDIENCE_BUSY. */
const maxPendingCount = 2000;
/** Of one webinar: an evening of ten thousand people who vote on everything. */
const maxRecordCount = 500_000;

interface Pending {
  readonly author: Author;
  /** What to add, judged by what is there then. @throws AUDIENCE_* */
  readonly make: (conversation: Conversation) => RecordBody;
  readonly resolve: (body: RecordBody) => void;
  readonly reject: (error: unknown) => void;
}

export interface ConversationLogOptions {
  readonly webinarId: string;
  readonly store: ConversationStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Stored records, in order, and what is to be told of them. */
export type AppliedListener = (records: readonly ConversationRecord[], entries: readonly ConversationEntry[]) => void;

export class ConversationLog {
  readonly #options: ConversationLogOptions;
  readonly #conversation: Conversation;
  #onApplied: AppliedListener = () => undefined;
  #pending: Pending[] = [];
  #isWriting = false;
  /** A write failed, and nobody knows how far it came. */
  #isUncertain = false;

  private constructor(options: ConversationLogOptions, conversation: Conversation) {
    this.#options = options;
    this.#conversation = conversation;
  }

  /** With everything that was said before. */
  static async open(options: ConversationLogOptions): Promise<ConversationLog> {
    const conversation = new Conversation();
    for (const record of await options.store.load(options.webinarId)) conversation.apply(record);
    return new ConversationLog(options, conversation);
  }

  get conversation(): Conversation {
    return this.#conversation;
  }

  get isIdle(): boolean {
    return !this.#isWriting && this.#pending.length === 0;
  }

  /** Has one listener: the room that tells its members. */
  follow(listener: AppliedListener): void {
    this.#onApplied = listener;
  }

  /**
   * Resolves when it is stored and applied.
   * @throws what `make` throws, AUDIENCE_BUSY, AUDIENCE_CONVERSATION_FULL, AUDIENCE_NOT_STORED
   */
  add(author: Author, make: Pending['make']): Promise<RecordBody> {
    if (this.#pending.length >= maxPendingCount) return Promise.reject(signalingError('AUDIENCE_BUSY'));
    return new Promise((resolve, reject) => {
      this.#pending.push({ author, make, resolve, reject });
      if (!this.#isWriting) void this.#write();
    });
  }

  /** Never rejects: each of the pending is told by itself. */
  async #write(): Promise<void> {
    this.#isWriting = true;
    while (this.#pending.length > 0) {
      const batch = this.#pending;
      this.#pending = [];
      await this.#writeBatch(batch);
    }
    this.#isWriting = false;
  }

  async #writeBatch(batch: readonly Pending[]): Promise<void> {
    try {
      await this.#catchUp();
    } catch (cause) {
      for (const { reject } of batch) reject(signalingError('AUDIENCE_NOT_STORED', { cause }));
      return;
    }
    const accepted = this.#judge(batch);
    if (accepted.length === 0) return;
    const records = accepted.map(({ record }) => record);
    try {
      await this.#store(records);
    } catch (cause) {
      for (const { pending } of accepted) pending.reject(signalingError('AUDIENCE_NOT_STORED', { cause }));
      return;
    }
    for (const { pending, record } of accepted) pending.resolve(record.body);
  }

  /** Numbers what may be added; refuses the rest, and puts off what one person adds behind something else of theirs. */
  #judge(batch: readonly Pending[]): { pending: Pending; record: ConversationRecord }[] {
    const { clock } = this.#options;
    const accepted: { pending: Pending; record: ConversationRecord }[] = [];
    // Those of one batch do not see each other: what is judged by another one of them waits for the next.
    const later: Pending[] = [];
    const busyIds = new Set<string>();
    for (const pending of batch) {
      if (busyIds.has(pending.author.personId)) {
        later.push(pending);
        continue;
      }
      try {
        const number = this.#conversation.number + accepted.length + 1;
        if (number > maxRecordCount) throw signalingError('AUDIENCE_CONVERSATION_FULL');
        const body = pending.make(this.#conversation);
        accepted.push({ pending, record: { number, atMs: clock.wallMs(), author: pending.author, body } });
        busyIds.add(pending.author.personId);
      } catch (error) {
        pending.reject(error);
      }
    }
    this.#pending = [...later, ...this.#pending];
    return accepted;
  }

  /** @throws what the store throws; then nobody was told of anything */
  async #store(records: readonly ConversationRecord[]): Promise<void> {
    const { webinarId, store, logger } = this.#options;
    try {
      await store.append(webinarId, records);
    } catch (error) {
      this.#isUncertain = true;
      logger.error({ webinarId, error, recordCount: records.length }, 'conversation not stored');
      throw error;
    }
    this.#apply(records);
  }

  /** What a failed write left behind after all counts: its numbers are taken. */
  async #catchUp(): Promise<void> {
    if (!this.#isUncertain) return;
    const stored = await this.#options.store.load(this.#options.webinarId);
    this.#apply(stored.filter(({ number }) => number > this.#conversation.number));
    this.#isUncertain = false;
  }

  #apply(records: readonly ConversationRecord[]): void {
    const entries = records.flatMap((record) => this.#conversation.apply(record) ?? []);
    this.#onApplied(records, entries);
  }
}
