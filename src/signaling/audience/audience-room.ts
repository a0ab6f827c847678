/**
 * The audience of one webinar: who is connected, whose hand is up, and what they are told. What stays goes through the
 * log; counts and reactions are told together, once a second at most.
 */
import { type Clock, type Timer } from '../../core/clock.ts';
import {
  type AudienceEventName,
  type AudienceEvents,
  type Author,
  type ConversationEntry,
  type ConversationSnapshot,
  type RaisedHand,
  type Reaction,
} from '../protocol/index.ts';
import { randomId } from '../../core/ids.ts';
import { type ConversationRecord } from './conversation-record.ts';
import { type ConversationLog } from './conversation-log.ts';

/** How often counts and reactions are told while they change. */
const tellPeriodMs = 1000;
/** Hands up at one time; more are refused with AUDIENCE_HANDS_FULL. */
export const maxHandCount = 200;

/** One connection, as its room knows it. */
export interface AudienceMember {
  readonly author: Author;
  /** Reads what is said backstage. */
  readonly isBackstage: boolean;
  readonly canAdmit: boolean;
  send<Name extends AudienceEventName>(event: Name, payload: AudienceEvents[Name]): void;
}

/** Those who read what is said backstage, all the others, or both. */
export type BroadcastGroup = 'backstage' | 'viewers' | 'everybody';

export interface AudienceRoomOptions {
  readonly log: ConversationLog;
  readonly clock: Clock;
  /** To all members of a group at once. */
  readonly broadcast: <Name extends AudienceEventName>(
    to: BroadcastGroup,
    event: Name,
    payload: AudienceEvents[Name],
  ) => void;
  /** For the record and the program: stored, in order. */
  readonly onRecords: (records: readonly ConversationRecord[]) => void;
}

export class AudienceRoom {
  /** Of this life of the room: numbers of another one say nothing here. */
  readonly epoch = randomId();
  readonly log: ConversationLog;
  readonly #options: AudienceRoomOptions;
  /** By person, who may have several pages open. */
  readonly #members = new Map<string, Set<AudienceMember>>();
  readonly #hands = new Map<string, RaisedHand>();
  readonly #changedQuestionIds = new Set<string>();
  readonly #changedPollIds = new Set<string>();
  readonly #reactions = new Map<Reaction, number>();
  #tellTimer: Timer | undefined;

  constructor(options: AudienceRoomOptions) {
    this.#options = options;
    this.log = options.log;
    this.log.follow((records, entries) => this.#onApplied(records, entries));
  }

  get isIdle(): boolean {
    return this.#members.size === 0 && this.log.isIdle;
  }

  add(member: AudienceMember): void {
    const { personId } = member.author;
    this.#members.set(personId, (this.#members.get(personId) ?? new Set()).add(member));
  }

  /** The hand of who has no other page open goes down. */
  remove(member: AudienceMember): void {
    const { personId } = member.author;
    const pages = this.#members.get(personId);
    if (pages?.delete(member) !== true || pages.size > 0) return;
    this.#members.delete(personId);
    this.lowerHand(personId);
  }

  membersOf(personId: string): readonly AudienceMember[] {
    return [...(this.#members.get(personId) ?? [])];
  }

  get members(): readonly AudienceMember[] {
    return [...this.#members.values()].flatMap((pages) => [...pages]);
  }

  /** First raised first. */
  get hands(): readonly RaisedHand[] {
    return [...this.#hands.values()];
  }

  hand(personId: string): RaisedHand | undefined {
    return this.#hands.get(personId);
  }

  raiseHand({ personId, name }: Author): void {
    if (this.#hands.has(personId)) return;
    this.#hands.set(personId, { personId, name, sinceMs: this.#options.clock.wallMs(), isInvited: false });
    this.#tellHands();
  }

  markInvited(personId: string): void {
    const hand = this.#hands.get(personId);
    if (hand === undefined) return;
    this.#hands.set(personId, { ...hand, isInvited: true });
    this.#tellHands();
  }

  lowerHand(personId: string): void {
    if (this.#hands.delete(personId)) this.#tellHands();
  }

  react(reaction: Reaction): void {
    this.#reactions.set(reaction, (this.#reactions.get(reaction) ?? 0) + 1);
    this.#tellSoon();
  }

  /** What somebody may read of all there is. */
  snapshotFor({ isBackstage }: Pick<AudienceMember, 'isBackstage'>): ConversationSnapshot {
    const snapshot = this.log.conversation.snapshot();
    if (isBackstage) return snapshot;
    return { ...snapshot, messages: snapshot.messages.filter(({ channel }) => channel === 'public') };
  }

  /** What came after an entry of this epoch; undefined when somebody has to start over. */
  missedBy(
    { isBackstage }: Pick<AudienceMember, 'isBackstage'>,
    after: { readonly epoch: string; readonly number: number } | undefined,
  ): readonly ConversationEntry[] | undefined {
    if (after?.epoch !== this.epoch) return undefined;
    const entries = this.log.conversation.since(after.number);
    return isBackstage ? entries : entries?.filter((entry) => !isBackstageEntry(entry));
  }

  close(): void {
    this.#tellTimer?.cancel();
  }

  #onApplied(records: readonly ConversationRecord[], entries: readonly ConversationEntry[]): void {
    for (const { body } of records) {
      if (body.type === 'upvote') this.#changedQuestionIds.add(body.questionId);
      if (body.type === 'vote') this.#changedPollIds.add(body.pollId);
    }
    if (this.#changedQuestionIds.size + this.#changedPollIds.size > 0) this.#tellSoon();
    this.#options.onRecords(records);
    if (entries.length === 0) return;
    const { broadcast } = this.#options;
    const forViewers = entries.filter((entry) => !isBackstageEntry(entry));
    broadcast('backstage', 'entries', { entries });
    if (forViewers.length > 0) broadcast('viewers', 'entries', { entries: forViewers });
  }

  #tellHands(): void {
    for (const member of this.members) if (member.canAdmit) member.send('hands', { hands: this.hands });
  }

  #tellSoon(): void {
    this.#tellTimer ??= this.#options.clock.schedule(tellPeriodMs, () => this.#tell());
  }

  #tell(): void {
    this.#tellTimer = undefined;
    const { broadcast } = this.#options;
    if (this.#reactions.size > 0) broadcast('everybody', 'reactions', { counts: Object.fromEntries(this.#reactions) });
    this.#reactions.clear();
    if (this.#changedQuestionIds.size + this.#changedPollIds.size === 0) return;
    broadcast('everybody', 'counts', this.log.conversation.counts(this.#changedQuestionIds, this.#changedPollIds));
    this.#changedQuestionIds.clear();
    this.#changedPollIds.clear();
  }
}

function isBackstageEntry(entry: ConversationEntry): boolean {
  return entry.type === 'message' && entry.message.channel === 'backstage';
}
