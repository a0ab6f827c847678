import { describe, expect, it } from 'vitest';
import {
  openConversation,
  type AudienceReplies,
  type ConversationEntry,
} from '../../../../src/signaling/protocol/index.ts';
import {
  emptyConversation,
  reduceConversation,
  sortedQuestions,
  withJoin,
} from '../../../../web/src/audience/conversation-state.ts';

const author = { personId: 'ann', name: 'Ann', role: 'viewer' } as const;
const message = (number: number): ConversationEntry => ({
  number,
  type: 'message',
  message: { messageId: `m${number}`, channel: 'public', author, text: `${number}`, atMs: number },
});
const question = (questionId: string, voteCount: number, state: 'open' | 'answering' | 'answered' = 'open') => ({
  questionId,
  author,
  text: questionId,
  atMs: voteCount,
  state,
  voteCount,
});
const reply = (over: Partial<AudienceReplies['join']> = {}): AudienceReplies['join'] => ({
  personId: 'me',
  role: 'viewer',
  permissions: [],
  epoch: 'e',
  number: 0,
  missed: [],
  own: { upvotedIds: [], votes: {}, isHandRaised: false, isSilenced: false },
  ...over,
});
const snapshot = { messages: [], questions: [], polls: [], rules: openConversation };
const textsOf = (state: typeof emptyConversation) => state.messages.map(({ text }) => text);

describe('withJoin', () => {
  it('takes everything for who comes new, and what was missed for who comes back', () => {
    let state = withJoin(emptyConversation, reply({ number: 3, snapshot }));
    state = reduceConversation(state, { name: 'entries', payload: { entries: [message(4), message(6)] } });
    expect(state.after).toEqual({ epoch: 'e', number: 6 });
    state = withJoin(state, reply({ number: 9, missed: [message(8)] }));
    expect(textsOf(state)).toEqual(['4', '6', '8']);
    expect(state.after).toEqual({ epoch: 'e', number: 9 });
  });

  it('starts over when the server has another epoch', () => {
    let state = withJoin(emptyConversation, reply({ number: 1, snapshot }));
    state = reduceConversation(state, { name: 'entries', payload: { entries: [message(2)] } });
    state = withJoin(state, reply({ epoch: 'f', number: 0, snapshot }));
    expect(textsOf(state)).toEqual([]);
    state = reduceConversation(state, { name: 'entries', payload: { entries: [message(1)] } });
    expect(textsOf(state)).toEqual(['1']);
  });
});

describe('reduceConversation', () => {
  it('leaves out what it has already, and keeps the newest 200 messages', () => {
    let state = withJoin(emptyConversation, reply({ number: 5, snapshot }));
    state = reduceConversation(state, { name: 'entries', payload: { entries: [message(5), message(6), message(6)] } });
    expect(textsOf(state)).toEqual(['6']);
    const entries = Array.from({ length: 250 }, (_, index) => message(7 + index));
    state = reduceConversation(state, { name: 'entries', payload: { entries } });
    expect(state.messages).toHaveLength(200);
    expect(textsOf(state).at(-1)).toBe('256');
  });

  it('hides, marks, counts and closes', () => {
    const poll = { pollId: 'p', question: 'Q', options: ['a', 'b'], counts: [0, 0], isOpen: true, atMs: 1 };
    const entries: ConversationEntry[] = [
      message(1),
      { number: 2, type: 'question', question: question('q', 0) },
      { number: 3, type: 'poll', poll },
      { number: 4, type: 'hidden', entryId: 'm1' },
      { number: 5, type: 'questionMarked', questionId: 'q', state: 'answering' },
    ];
    let state = reduceConversation(emptyConversation, { name: 'entries', payload: { entries } });
    state = reduceConversation(state, { name: 'counts', payload: { questions: { q: 7 }, polls: { p: [1, 2] } } });
    expect(state).toMatchObject({
      messages: [],
      questions: [{ state: 'answering', voteCount: 7 }],
      polls: [{ counts: [1, 2], isOpen: true }],
    });
    const closed: ConversationEntry = { number: 6, type: 'pollClosed', pollId: 'p', counts: [3, 4] };
    state = reduceConversation(state, { name: 'entries', payload: { entries: [closed] } });
    expect(state.polls).toMatchObject([{ isOpen: false, counts: [3, 4] }]);
  });

  it('forgets whose hands are up when one may not admit any more', () => {
    const hands = [{ personId: 'p', name: 'P', sinceMs: 1, isInvited: false }];
    let state = reduceConversation(emptyConversation, { name: 'hands', payload: { hands } });
    state = reduceConversation(state, { name: 'permissionsChanged', payload: { role: 'panelist', permissions: [] } });
    expect(state.hands).toEqual([]);
  });
});

describe('sortedQuestions', () => {
  it('has what is being answered first, then the most wanted, what was answered last', () => {
    const all = [
      question('done', 9, 'answered'),
      question('few', 1),
      question('many', 5),
      question('now', 0, 'answering'),
    ];
    expect(sortedQuestions(all).map(({ questionId }) => questionId)).toEqual(['now', 'many', 'few', 'done']);
  });
});
