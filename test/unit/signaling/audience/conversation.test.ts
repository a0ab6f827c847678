import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConversationRecord, type RecordBody } from '../../../../src/signaling/audience/conversation-record.ts';
import { Conversation, historyLength } from '../../../../src/signaling/audience/conversation.ts';

const author = (personId = 'ann') => ({ personId, name: personId, role: 'viewer' as const });

/** Applies bodies in order, as one person or as those named. */
function conversationOf(...bodies: (RecordBody | [string, RecordBody])[]) {
  const conversation = new Conversation();
  const entries = bodies.map((one, index) => {
    const [personId, body] = Array.isArray(one) ? one : ['ann', one];
    return conversation.apply({ number: index + 1, atMs: 1000 + index, author: author(personId), body });
  });
  return { conversation, entries };
}

const message = (messageId: string): RecordBody => ({ type: 'message', messageId, channel: 'public', text: messageId });
const question = (questionId: string): RecordBody => ({ type: 'question', questionId, text: questionId });
const poll = (pollId: string): RecordBody => ({ type: 'poll', pollId, question: 'Q', options: ['a', 'b', 'c'] });

describe('Conversation', () => {
  it('shows the newest 200 messages to who comes new, oldest first', () => {
    const bodies = Array.from({ length: historyLength + 5 }, (_, index) => message(`m${index}`));
    const { messages } = conversationOf(...bodies).conversation.snapshot();
    expect(messages).toHaveLength(historyLength);
    expect([messages[0]?.messageId, messages.at(-1)?.messageId]).toEqual(['m5', 'm204']);
  });

  it('counts a vote of each person once, the last one', () => {
    const vote = (option: number): RecordBody => ({ type: 'vote', pollId: 'p', option });
    const { conversation, entries } = conversationOf(poll('p'), ['ann', vote(0)], ['bob', vote(2)], ['ann', vote(2)]);
    expect(conversation.poll('p')?.counts).toEqual([0, 0, 2]);
    expect(entries.slice(1)).toEqual([undefined, undefined, undefined]);
    expect(conversation.ownVotes('ann')).toEqual({ upvotedIds: [], votes: { p: 2 } });
    expect(conversation.counts([], ['p', 'gone'])).toEqual({ questions: {}, polls: { p: [0, 0, 2] } });
  });

  it('counts upvotes by person, and takes them back', () => {
    const upvote = (isOn: boolean): RecordBody => ({ type: 'upvote', questionId: 'q', isOn });
    const { conversation } = conversationOf(
      question('q'),
      ['ann', upvote(true)],
      ['ann', upvote(true)],
      ['bob', upvote(true)],
      ['ann', upvote(false)],
    );
    expect(conversation.question('q')?.voteCount).toBe(1);
    expect(conversation.hasUpvoted('ann', 'q')).toBe(false);
    expect(conversation.hasUpvoted('bob', 'q')).toBe(true);
  });

  it('takes out of sight what was hidden, also for who was away meanwhile', () => {
    const hide: RecordBody = { type: 'hidden', entryId: 'm1' };
    const { conversation } = conversationOf(message('m0'), message('m1'), question('q'), hide);
    expect(conversation.snapshot().messages.map(({ messageId }) => messageId)).toEqual(['m0']);
    expect(JSON.stringify(conversation.since(0))).not.toContain('"text":"m1"');
    expect(conversation.since(2)?.map(({ type }) => type)).toEqual(['question', 'hidden']);
  });

  it('since is undefined for who was away for too long, or is ahead', () => {
    const { conversation } = conversationOf(...Array.from({ length: 1100 }, (_, index) => message(`m${index}`)));
    expect(conversation.since(1100)).toEqual([]);
    expect(conversation.since(1101)).toBeUndefined();
    expect(conversation.since(100)).toHaveLength(1000);
    expect(conversation.since(99)).toBeUndefined();
  });

  it('a closed poll keeps its counts', () => {
    const vote: RecordBody = { type: 'vote', pollId: 'p', option: 1 };
    const { conversation, entries } = conversationOf(poll('p'), vote, { type: 'pollClosed', pollId: 'p' });
    expect(entries.at(-1)).toEqual({ number: 3, type: 'pollClosed', pollId: 'p', counts: [0, 1, 0] });
    expect(conversation.poll('p')).toMatchObject({ isOpen: false, counts: [0, 1, 0] });
  });

  it('made again from the same records is the same, however they are cut; who follows the entries sees the same texts', () => {
    const ids = fc.constantFrom('a', 'b', 'c', 'd');
    const body: fc.Arbitrary<RecordBody> = fc.oneof(
      ids.map((id) => message(`m${id}`)),
      ids.map((id) => question(`q${id}`)),
      ids.map((id) => poll(`p${id}`)),
      ids.map((id): RecordBody => ({ type: 'hidden', entryId: `m${id}` })),
      ids.map((id): RecordBody => ({ type: 'upvote', questionId: `q${id}`, isOn: true })),
      fc.tuple(ids, fc.nat(2)).map(([id, option]): RecordBody => ({ type: 'vote', pollId: `p${id}`, option })),
      ids.map((id): RecordBody => ({ type: 'pollClosed', pollId: `p${id}` })),
      ids.map((id): RecordBody => ({ type: 'silenced', personId: id, isSilenced: true })),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(ids, body), { maxLength: 60 }), (steps) => {
        const records: ConversationRecord[] = steps.map(([personId, one], index) => {
          return { number: index + 1, atMs: index, author: author(personId), body: one };
        });
        const [one, other] = [new Conversation(), new Conversation()];
        const shown = new Set<string>();
        for (const record of records) {
          const entry = one.apply(record);
          if (entry?.type === 'message') shown.add(entry.message.messageId);
          if (entry?.type === 'hidden') shown.delete(entry.entryId);
        }
        for (const record of JSON.parse(JSON.stringify(records)) as ConversationRecord[]) other.apply(record);
        expect(other.snapshot()).toEqual(one.snapshot());
        expect(new Set(one.snapshot().messages.map(({ messageId }) => messageId))).toEqual(shown);
      }),
      { seed: 20261130, numRuns: 200 },
    );
  });
});
