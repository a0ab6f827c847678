/**
 * One webinar's conversation as it stands: what its records add up to. Applying the same records again gives the same
 * state, which is how it comes back after a restart. Pure.
 */
import {
  openConversation,
  type ChatMessage,
  type ConversationEntry,
  type ConversationRules,
  type ConversationSnapshot,
  type Poll,
  type Question,
} from '../protocol/index.ts';
import { type ConversationRecord } from './conversation-record.ts';

/** Messages that who comes new is shown; the rest stays in the record. */
export const historyLength = 200;
/** Entries that are kept for who was away for a moment. */
const maxRecentEntries = 1000;

type HeldQuestion = Omit<Question, 'voteCount'> & { readonly upvoterIds: Set<string> };
type HeldPoll = Omit<Poll, 'counts'> & { readonly votes: Map<string, number> };

export class Conversation {
  #number = 0;
  #rules: ConversationRules = openConversation;
  readonly #messages = new Map<string, ChatMessage>();
  readonly #questions = new Map<string, HeldQuestion>();
  readonly #polls = new Map<string, HeldPoll>();
  readonly #silencedIds = new Set<string>();
  #recent: ConversationEntry[] = [];
  /** The number before the oldest of `#recent`: who has less than that starts over. */
  #forgottenNumber = 0;

  /** Of the newest record. */
  get number(): number {
    return this.#number;
  }

  get rules(): ConversationRules {
    return this.#rules;
  }

  get questionCount(): number {
    return this.#questions.size;
  }

  get pollCount(): number {
    return this.#polls.size;
  }

  isSilenced(personId: string): boolean {
    return this.#silencedIds.has(personId);
  }

  hasMessage(messageId: string): boolean {
    return this.#messages.has(messageId);
  }

  question(questionId: string): Question | undefined {
    const held = this.#questions.get(questionId);
    return held === undefined ? undefined : questionOf(held);
  }

  poll(pollId: string): Poll | undefined {
    const held = this.#polls.get(pollId);
    return held === undefined ? undefined : pollOf(held);
  }

  hasUpvoted(personId: string, questionId: string): boolean {
    return this.#questions.get(questionId)?.upvoterIds.has(personId) === true;
  }

  /** @returns what everybody is told of it; undefined for what only counts. */
  apply(record: ConversationRecord): ConversationEntry | undefined {
    this.#number = record.number;
    const entry = this.#applied(record);
    if (entry === undefined) return undefined;
    this.#recent.push(entry);
    if (this.#recent.length <= maxRecentEntries) return entry;
    this.#forgottenNumber = this.#recent.shift()!.number;
    return entry;
  }

  /** What came after an entry; undefined when that is not known any more. */
  since(number: number): readonly ConversationEntry[] | undefined {
    if (number < this.#forgottenNumber || number > this.#number) return undefined;
    return this.#recent.filter((entry) => entry.number > number);
  }

  snapshot(): ConversationSnapshot {
    return {
      messages: [...this.#messages.values()],
      questions: [...this.#questions.values()].map(questionOf),
      polls: [...this.#polls.values()].map(pollOf),
      rules: this.#rules,
    };
  }

  /** What one person has voted for. */
  ownVotes(personId: string): { upvotedIds: string[]; votes: Record<string, number> } {
    const upvotedIds = [...this.#questions.values()]
      .filter(({ upvoterIds }) => upvoterIds.has(personId))
      .map(({ questionId }) => questionId);
    const votes = [...this.#polls.values()].flatMap(({ pollId, votes: held }) => {
      const option = held.get(personId);
      return option === undefined ? [] : [[pollId, option] as const];
    });
    return { upvotedIds, votes: Object.fromEntries(votes) };
  }

  counts(
    questionIds: Iterable<string>,
    pollIds: Iterable<string>,
  ): { questions: Record<string, number>; polls: Record<string, readonly number[]> } {
    const questions = [...questionIds].flatMap((id) => {
      const held = this.#questions.get(id);
      return held === undefined ? [] : [[id, held.upvoterIds.size] as const];
    });
    const polls = [...pollIds].flatMap((id) => {
      const held = this.#polls.get(id);
      return held === undefined ? [] : [[id, countsOf(held)] as const];
    });
    return { questions: Object.fromEntries(questions), polls: Object.fromEntries(polls) };
  }

  #applied({ number, atMs, author, body }: ConversationRecord): ConversationEntry | undefined {
    switch (body.type) {
      case 'message': {
        const message = { messageId: body.messageId, channel: body.channel, author, text: body.text, atMs };
        this.#messages.set(body.messageId, message);
        if (this.#messages.size > historyLength) this.#messages.delete(this.#messages.keys().next().value!);
        return { number, type: 'message', message };
      }
      case 'question': {
        const question = { questionId: body.questionId, author, text: body.text, atMs, state: 'open' as const };
        this.#questions.set(body.questionId, { ...question, upvoterIds: new Set() });
        return { number, type: 'question', question: { ...question, voteCount: 0 } };
      }
      case 'questionMarked': {
        const held = this.#questions.get(body.questionId);
        if (held !== undefined) this.#questions.set(body.questionId, { ...held, state: body.state });
        return { number, type: 'questionMarked', questionId: body.questionId, state: body.state };
      }
      case 'hidden':
        this.#messages.delete(body.entryId);
        this.#questions.delete(body.entryId);
        // Nobody who comes back gets to read it after all.
        this.#recent = this.#recent.filter((entry) => idOf(entry) !== body.entryId);
        return { number, type: 'hidden', entryId: body.entryId };
      case 'poll': {
        const { pollId, question, options } = body;
        const held = { pollId, question, options, isOpen: true, atMs, votes: new Map<string, number>() };
        this.#polls.set(pollId, held);
        return { number, type: 'poll', poll: pollOf(held) };
      }
      case 'pollClosed': {
        const held = this.#polls.get(body.pollId);
        if (held === undefined) return undefined;
        this.#polls.set(body.pollId, { ...held, isOpen: false });
        return { number, type: 'pollClosed', pollId: body.pollId, counts: countsOf(held) };
      }
      case 'rules':
        this.#rules = body.rules;
        return { number, type: 'rules', rules: body.rules };
      case 'upvote':
        if (body.isOn) this.#questions.get(body.questionId)?.upvoterIds.add(author.personId);
        else this.#questions.get(body.questionId)?.upvoterIds.delete(author.personId);
        return undefined;
      case 'vote':
        this.#polls.get(body.pollId)?.votes.set(author.personId, body.option);
        return undefined;
      case 'silenced':
        if (body.isSilenced) this.#silencedIds.add(body.personId);
        else this.#silencedIds.delete(body.personId);
        return undefined;
      case 'hand':
      case 'broughtUp':
        // For the record: who raised a hand is of the moment.
        return undefined;
    }
  }
}

function questionOf({ upvoterIds, ...question }: HeldQuestion): Question {
  return { ...question, voteCount: upvoterIds.size };
}

function pollOf(held: HeldPoll): Poll {
  const { votes: _votes, ...poll } = held;
  return { ...poll, counts: countsOf(held) };
}

function countsOf({ options, votes }: HeldPoll): readonly number[] {
  const counts = options.map(() => 0);
  for (const option of votes.values()) counts[option] = (counts[option] ?? 0) + 1;
  return counts;
}

function idOf(entry: ConversationEntry): string | undefined {
  if (entry.type === 'message') return entry.message.messageId;
  return entry.type === 'question' ? entry.question.questionId : undefined;
}
