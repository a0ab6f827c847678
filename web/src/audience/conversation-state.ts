/** The conversation as this page knows it: a reducer over the join reply and the server's events. Pure. */
import type {
  AudienceEventName,
  AudienceEvents,
  AudienceReplies,
  ChatMessage,
  ConversationEntry,
  ConversationRules,
  Permission,
  Poll,
  Question,
  RaisedHand,
  Role,
} from '../../../src/signaling/protocol/index.ts';

/** As many as the server shows to who comes new. */
const maxMessageCount = 200;

export interface ConversationState {
  readonly personId: string | undefined;
  readonly role: Role;
  readonly permissions: readonly Permission[];
  /** Undefined while a viewer has not said it. */
  readonly name: string | undefined;
  /** What to come back with; undefined before the first join. */
  readonly after: { readonly epoch: string; readonly number: number } | undefined;
  /** Oldest first. */
  readonly messages: readonly ChatMessage[];
  readonly questions: readonly Question[];
  readonly polls: readonly Poll[];
  readonly rules: ConversationRules;
  readonly upvotedIds: ReadonlySet<string>;
  /** Poll -> option. */
  readonly votes: Readonly<Record<string, number>>;
  readonly isHandRaised: boolean;
  readonly isSilenced: boolean;
  /** Of others; empty for those who admit nobody. */
  readonly hands: readonly RaisedHand[];
}

export const emptyConversation: ConversationState = {
  personId: undefined,
  role: 'viewer',
  permissions: [],
  name: undefined,
  after: undefined,
  messages: [],
  questions: [],
  polls: [],
  rules: { chat: true, questions: true, reactions: true, hands: true },
  upvotedIds: new Set(),
  votes: {},
  isHandRaised: false,
  isSilenced: false,
  hands: [],
};

export type AudienceEvent = {
  [Name in AudienceEventName]: { readonly name: Name; readonly payload: AudienceEvents[Name] };
}[AudienceEventName];

/** What was there goes on where nothing was missed, and starts over where the server sends everything. */
export function withJoin(state: ConversationState, reply: AudienceReplies['join']): ConversationState {
  const { personId, role, permissions, name, epoch, number, snapshot, missed, own, hands } = reply;
  const base = { ...state, ...snapshot, after: { epoch, number: snapshot === undefined ? lastNumber(state) : number } };
  return {
    ...applyEntries(base, missed),
    ...{ personId, role, permissions, name, hands: hands ?? [] },
    after: { epoch, number },
    upvotedIds: new Set(own.upvotedIds),
    votes: own.votes,
    isHandRaised: own.isHandRaised,
    isSilenced: own.isSilenced,
  };
}

export function reduceConversation(state: ConversationState, event: AudienceEvent): ConversationState {
  switch (event.name) {
    case 'entries':
      return applyEntries(state, event.payload.entries);
    case 'counts':
      return withCounts(state, event.payload);
    case 'hands':
      return { ...state, hands: event.payload.hands };
    case 'handLowered':
      return { ...state, isHandRaised: false };
    case 'silenced':
      return { ...state, isSilenced: event.payload.isSilenced };
    case 'permissionsChanged': {
      const { role, permissions } = event.payload;
      return { ...state, role, permissions, hands: permissions.includes('admit') ? state.hands : [] };
    }
    case 'reactions':
    case 'broughtUp':
    case 'removed':
      return state;
  }
}

/** Open first, then by votes, then by age; answered ones last. */
export function sortedQuestions(questions: readonly Question[]): readonly Question[] {
  const rank = { answering: 0, open: 1, answered: 2 } as const;
  return questions.toSorted(
    (one, other) => rank[one.state] - rank[other.state] || other.voteCount - one.voteCount || one.atMs - other.atMs,
  );
}

function applyEntries(state: ConversationState, entries: readonly ConversationEntry[]): ConversationState {
  let next = state;
  for (const entry of entries) {
    // Came with the join already.
    if (entry.number <= lastNumber(next)) continue;
    next = { ...applyEntry(next, entry), ...(next.after && { after: { ...next.after, number: entry.number } }) };
  }
  return next;
}

function applyEntry(state: ConversationState, entry: ConversationEntry): ConversationState {
  switch (entry.type) {
    case 'message':
      return { ...state, messages: [...state.messages, entry.message].slice(-maxMessageCount) };
    case 'question':
      return { ...state, questions: [...state.questions, entry.question] };
    case 'questionMarked': {
      const { questionId, state: mark } = entry;
      return {
        ...state,
        questions: replaced(state.questions, (one) => one.questionId === questionId, { state: mark }),
      };
    }
    case 'hidden':
      return {
        ...state,
        messages: state.messages.filter(({ messageId }) => messageId !== entry.entryId),
        questions: state.questions.filter(({ questionId }) => questionId !== entry.entryId),
      };
    case 'poll':
      return { ...state, polls: [...state.polls, entry.poll] };
    case 'pollClosed': {
      const change = { isOpen: false, counts: entry.counts };
      return { ...state, polls: replaced(state.polls, (one) => one.pollId === entry.pollId, change) };
    }
    case 'rules':
      return { ...state, rules: entry.rules };
  }
}

function withCounts(state: ConversationState, { questions, polls }: AudienceEvents['counts']): ConversationState {
  return {
    ...state,
    questions: state.questions.map((question) => {
      const voteCount = questions[question.questionId];
      return voteCount === undefined ? question : { ...question, voteCount };
    }),
    polls: state.polls.map((poll) => {
      const counts = polls[poll.pollId];
      return counts === undefined ? poll : { ...poll, counts };
    }),
  };
}

function replaced<Item>(items: readonly Item[], isIt: (item: Item) => boolean, change: Partial<Item>): Item[] {
  return items.map((item) => (isIt(item) ? { ...item, ...change } : item));
}

function lastNumber(state: ConversationState): number {
  return state.after?.number ?? 0;
}
