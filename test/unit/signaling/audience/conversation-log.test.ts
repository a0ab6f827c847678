import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../src/core/clock.ts';
import { silentLogger } from '../../../../src/core/logger.ts';
import { ConversationLog } from '../../../../src/signaling/audience/conversation-log.ts';
import { type ConversationRecord, type RecordBody } from '../../../../src/signaling/audience/conversation-record.ts';
import { type ConversationStore } from '../../../../src/signaling/index.ts';
import { memoryConversations } from '../../../support/memory-conversations.ts';

const person = (personId: string) => ({ personId, name: personId, role: 'viewer' as const });
const say = (text: string) => (): RecordBody => ({ type: 'message', messageId: text, channel: 'public', text });

const turn = () => new Promise((resolve) => setImmediate(resolve));

async function setUp(store: ConversationStore) {
  const log = await ConversationLog.open({ webinarId: 'w', store, clock: new FakeClock(), logger: silentLogger });
  const told: string[] = [];
  log.follow((_records, entries) => {
    for (const entry of entries) told.push(entry.type === 'message' ? entry.message.text : entry.type);
  });
  return { log, told };
}

/** A database that is busy until it is let go. */
function slowStore() {
  const memory = memoryConversations();
  const batches: (readonly ConversationRecord[])[] = [];
  let release = Promise.withResolvers<void>();
  const store: ConversationStore = {
    load: (webinarId) => memory.load(webinarId),
    append: async (webinarId, records) => {
      batches.push(records);
      await release.promise;
      await memory.append(webinarId, records);
    },
  };
  return {
    store,
    batches,
    finish: () => release.resolve(),
    fail: () => {
      release.reject(new Error('disk full'));
      release.promise.catch(() => undefined);
      release = Promise.withResolvers<void>();
      release.resolve();
    },
  };
}

describe('ConversationLog', () => {
  it('add tells nobody before it is stored, and stores together what came while the database was busy', async () => {
    const { store, batches, finish } = slowStore();
    const { log, told } = await setUp(store);
    const all = ['a', 'b', 'c'].map((name) => log.add(person(name), say(name)));
    await turn();
    expect(told).toEqual([]);
    finish();
    await Promise.all(all);
    expect(told).toEqual(['a', 'b', 'c']);
    expect(batches.map((records) => records.map(({ number }) => number))).toEqual([[1], [2, 3]]);
    expect(log.isIdle).toBe(true);
  });

  it('what one person adds twice is judged one after the other', async () => {
    const { log } = await setUp(memoryConversations());
    const open = log.add(person('host'), () => ({ type: 'poll', pollId: 'p', question: 'q', options: ['a', 'b'] }));
    const close = log.add(person('host'), (conversation) => {
      if (conversation.poll('p')?.isOpen !== true) throw new Error('not open yet');
      return { type: 'pollClosed', pollId: 'p' };
    });
    await Promise.all([open, close]);
    expect(log.conversation.poll('p')?.isOpen).toBe(false);
  });

  it('a database that refuses is told to those it hit alone; the numbers go on without a gap', async () => {
    const { store, fail } = slowStore();
    const { log, told } = await setUp(store);
    const lost = log.add(person('a'), say('lost'));
    const kept = log.add(person('b'), say('kept'));
    await turn();
    fail();
    await expect(lost).rejects.toMatchObject({ code: 'AUDIENCE_NOT_STORED' });
    await kept;
    expect(told).toEqual(['kept']);
    expect((await store.load('w')).map(({ number }) => number)).toEqual([1]);
  });

  it('a write that failed and came through all the same counts: its number is taken, and it is told', async () => {
    const memory = memoryConversations();
    let isLosing = true;
    const { log, told } = await setUp({
      load: (webinarId) => memory.load(webinarId),
      append: async (webinarId, records) => {
        await memory.append(webinarId, records);
        if (isLosing) throw new Error('connection lost after the commit');
      },
    });
    await expect(log.add(person('a'), say('late'))).rejects.toMatchObject({ code: 'AUDIENCE_NOT_STORED' });
    isLosing = false;
    await log.add(person('b'), say('next'));
    expect(told).toEqual(['late', 'next']);
    expect(memory.records.get('w')?.map(({ number }) => number)).toEqual([1, 2]);
  });

  it('opened again has everything that was stored', async () => {
    const store = memoryConversations();
    const { log } = await setUp(store);
    await log.add(person('a'), say('first'));
    const again = await setUp(store);
    await again.log.add(person('b'), say('second'));
    expect(again.log.conversation.snapshot().messages.map(({ text }) => text)).toEqual(['first', 'second']);
    expect(store.records.get('w')?.map(({ number }) => number)).toEqual([1, 2]);
  });

  it('beyond 2000 that wait, more are refused with AUDIENCE_BUSY', async () => {
    const { store, finish } = slowStore();
    const { log } = await setUp(store);
    const all = Array.from({ length: 2001 }, (_, index) => log.add(person(`p${index}`), say(`${index}`)));
    await expect(log.add(person('late'), say('late'))).rejects.toMatchObject({ code: 'AUDIENCE_BUSY' });
    finish();
    await Promise.all(all);
  });
});
