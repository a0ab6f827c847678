import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AudienceClient } from '../../support/audience-client.ts';
import { memoryConversations } from '../../support/memory-conversations.ts';
import { startStageServer, type TestStage } from '../../support/stage-server.ts';
import { waitFor } from '../../support/wait-for.ts';

const conversations = memoryConversations();
let stage: TestStage;
let webinarNumber = 0;
let webinarId = '';
beforeAll(async () => {
  stage = await startStageServer({ conversations, config: { maxAudienceConnectionsPerIp: 300 } });
});
afterAll(() => stage.close());
beforeEach(() => void (webinarId = `w${webinarNumber++}`));

async function open(role: 'viewer' | 'host' | 'panelist', displayName: string): Promise<AudienceClient> {
  return openWith(await stage.tokens.issue({ webinarId, role, displayName }));
}

function openWith(token: string): AudienceClient {
  return new AudienceClient(stage.open(token, { namespace: '/audience' }).socket);
}

async function person(role: 'viewer' | 'host' | 'panelist', displayName: string) {
  const client = await open(role, displayName);
  return { client, joined: await client.join() };
}

describe('chat', () => {
  it('reaches everybody in one order, and who comes later reads it all', async () => {
    const [ann, bob] = [await person('viewer', 'Ann'), await person('viewer', 'Bob')];
    await Promise.all(['1', '2', '3'].map((text) => ann.client.ok('say', { channel: 'public', text })));
    await bob.client.ok('say', { channel: 'public', text: 'four\nin two lines' });
    await waitFor('all of it at both', () => ann.client.heard.length === 4 && bob.client.heard.length === 4);
    expect(bob.client.heard).toEqual(ann.client.heard);
    const late = await person('viewer', 'Late');
    expect(late.joined.snapshot?.messages.map(({ text }) => text)).toEqual(ann.client.heard);
    expect(late.joined.snapshot?.messages[3]).toMatchObject({
      author: { name: 'Bob', role: 'viewer', personId: bob.joined.personId },
    });
    expect(conversations.records.get(webinarId)?.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
  });

  it('backstage is read and written by people with a stage link only, also in history', async () => {
    const host = await person('host', 'Hana');
    const panelist = await person('panelist', 'Pavel');
    const viewer = await person('viewer', 'Ann');
    await host.client.ok('say', { channel: 'backstage', text: 'two minutes' });
    await host.client.ok('say', { channel: 'public', text: 'hello all' });
    await waitFor('both at the panelist', () => panelist.client.heard.length === 2);
    await waitFor('one at the viewer', () => viewer.client.heard.length === 1);
    expect(viewer.client.heard).toEqual(['hello all']);
    expect(JSON.stringify((await person('viewer', 'Late')).joined)).not.toContain('two minutes');
    expect(await viewer.client.fails('say', { channel: 'backstage', text: 'x' })).toBe('SIGNALING_NOT_PERMITTED');
    const back = openWith(await stage.tokens.issue({ webinarId, role: 'viewer', displayName: 'Ann' }));
    const { missed } = await back.join({ after: { epoch: host.joined.epoch, number: 0 } });
    expect(JSON.stringify(missed)).not.toContain('two minutes');
    expect(missed).toHaveLength(1);
  });

  it('needs a name, which a viewer without one can say; an invited one keeps theirs', async () => {
    const nameless = await person('viewer', '');
    expect(nameless.joined).not.toHaveProperty('name');
    expect(await nameless.client.fails('say', { channel: 'public', text: 'hi' })).toBe('AUDIENCE_NAME_MISSING');
    expect(await nameless.client.ok('setName', { displayName: 'Nora' })).toEqual({ name: 'Nora' });
    await nameless.client.ok('say', { channel: 'public', text: 'hi' });
    const invited = await person('viewer', 'Ann');
    expect(await invited.client.ok('setName', { displayName: 'The Host' })).toEqual({ name: 'Ann' });
  });

  it('a flood of one viewer is refused with SIGNALING_RATE_LIMITED, others write on', async () => {
    const [loud, calm] = [await person('viewer', 'Loud'), await person('viewer', 'Calm')];
    const codes: string[] = [];
    for (let index = 0; index < 300; index++)
      loud.client.socket.emit('say', { channel: 'public', text: `${index}` }, (reply: { error?: { code: string } }) =>
        codes.push(reply.error?.code ?? 'ok'),
      );
    await waitFor('the flood to be ended', () => !loud.client.socket.connected);
    await calm.client.ok('say', { channel: 'public', text: 'still here' });
    expect(codes.filter((code) => code === 'ok').length).toBeLessThanOrEqual(3);
    expect(codes).toContain('SIGNALING_RATE_LIMITED');
    await waitFor('it to be heard', () => calm.client.heard.includes('still here'));
    expect(calm.client.heard.length).toBeLessThanOrEqual(4);
  });

  it('what was missed while the connection was lost comes with the join, and nothing twice', async () => {
    const ann = await person('viewer', 'Ann');
    await ann.client.ok('say', { channel: 'public', text: 'before' });
    const token = await stage.tokens.issue({ webinarId, role: 'viewer', displayName: 'Bob' });
    const first = openWith(token);
    const { epoch, number } = await first.join();
    first.socket.disconnect();
    await ann.client.ok('say', { channel: 'public', text: 'meanwhile' });
    const again = openWith(token);
    const joined = await again.join({ after: { epoch, number } });
    expect(joined.missed).toMatchObject([{ type: 'message', message: { text: 'meanwhile' } }]);
    expect(joined).not.toHaveProperty('snapshot');
    await ann.client.ok('say', { channel: 'public', text: 'after' });
    await waitFor('what came after', () => again.heard.length === 1);
    expect(again.heard).toEqual(['after']);
    const lost = openWith(token);
    expect((await lost.join({ after: { epoch: 'another', number } })).snapshot?.messages).toHaveLength(3);
  });
});

describe('questions and polls', () => {
  it('a question is asked, upvoted once by each, taken up and answered; counts reach everybody', async () => {
    const host = await person('host', 'Hana');
    const ann = await person('viewer', 'Ann');
    const bob = await person('viewer', '');
    const { questionId } = await ann.client.ok('ask', { text: 'When?' });
    for (const { client } of [ann, bob, host]) await client.ok('upvote', { questionId, isOn: true });
    await bob.client.ok('upvote', { questionId, isOn: true });
    await ann.client.ok('upvote', { questionId, isOn: false });
    await bob.client.newest('counts', ({ questions }) => questions[questionId] === 2);
    expect(await ann.client.fails('markQuestion', { questionId, state: 'answered' })).toBe('SIGNALING_NOT_PERMITTED');
    await host.client.ok('markQuestion', { questionId, state: 'answering' });
    await host.client.ok('markQuestion', { questionId, state: 'answered' });
    const late = await person('viewer', 'Late');
    expect(late.joined.snapshot?.questions).toMatchObject([{ questionId, state: 'answered', voteCount: 2 }]);
    expect(await ann.client.fails('upvote', { questionId: 'none', isOn: true })).toBe('AUDIENCE_ENTRY_UNKNOWN');
  });

  it('a poll counts the last vote of each, also of who has no name, and none after it was closed', async () => {
    const host = await person('host', 'Hana');
    const ann = await person('viewer', 'Ann');
    const bob = await person('viewer', '');
    expect(await ann.client.fails('openPoll', { question: 'Q', options: ['a', 'b'] })).toBe('SIGNALING_NOT_PERMITTED');
    const { pollId } = await host.client.ok('openPoll', { question: 'Tea or coffee?', options: ['Tea', 'Coffee'] });
    await ann.client.ok('vote', { pollId, option: 0 });
    await ann.client.ok('vote', { pollId, option: 1 });
    await bob.client.ok('vote', { pollId, option: 1 });
    expect(await bob.client.fails('vote', { pollId, option: 2 })).toBe('AUDIENCE_ENTRY_UNKNOWN');
    await ann.client.newest('counts', ({ polls }) => polls[pollId]?.join() === '0,2');
    await host.client.ok('closePoll', { pollId });
    await waitFor('the end of the poll', () =>
      ann.client.entries.some((entry) => entry.type === 'pollClosed' && entry.counts.join() === '0,2'),
    );
    expect(await bob.client.fails('vote', { pollId, option: 0 })).toBe('AUDIENCE_ENTRY_UNKNOWN');
    const back = openWith(await stage.tokens.issue({ webinarId, role: 'viewer', displayName: 'Late' }));
    expect((await back.join()).snapshot?.polls).toMatchObject([{ counts: [0, 2], isOpen: false }]);
  });
});

describe('moderation', () => {
  it('hides a message and a question for everybody, keeps them in the record', async () => {
    const host = await person('host', 'Hana');
    const ann = await person('viewer', 'Ann');
    const { messageId } = await ann.client.ok('say', { channel: 'public', text: 'rude' });
    expect(await ann.client.fails('hide', { entryId: messageId })).toBe('SIGNALING_NOT_PERMITTED');
    await host.client.ok('hide', { entryId: messageId });
    await waitFor('it to be hidden', () => ann.client.entries.some((entry) => entry.type === 'hidden'));
    expect(JSON.stringify((await person('viewer', 'Late')).joined)).not.toContain('rude');
    expect(JSON.stringify(conversations.records.get(webinarId))).toContain('rude');
    expect(await host.client.fails('hide', { entryId: messageId })).toBe('AUDIENCE_ENTRY_UNKNOWN');
  });

  it('silences one person, and closes chat, questions, reactions or hands for viewers but not for the stage', async () => {
    const host = await person('host', 'Hana');
    const ann = await person('viewer', 'Ann');
    const bob = await person('viewer', 'Bob');
    await host.client.ok('silence', { personId: ann.joined.personId, isSilenced: true });
    expect(await ann.client.newest('silenced')).toEqual({ isSilenced: true });
    expect(await ann.client.fails('ask', { text: 'Why?' })).toBe('AUDIENCE_SILENCED');
    await bob.client.ok('ask', { text: 'Who?' });
    await host.client.ok('setRules', { chat: false, questions: false, reactions: false, hands: false });
    expect(await bob.client.fails('say', { channel: 'public', text: 'hm' })).toBe('AUDIENCE_CLOSED');
    expect(await bob.client.fails('ask', { text: 'hm' })).toBe('AUDIENCE_CLOSED');
    expect(await bob.client.fails('react', { reaction: 'clap' })).toBe('AUDIENCE_CLOSED');
    expect(await bob.client.fails('setHand', { isRaised: true })).toBe('AUDIENCE_CLOSED');
    await host.client.ok('say', { channel: 'public', text: 'a break' });
    expect((await person('viewer', 'Late')).joined.snapshot?.rules.chat).toBe(false);
  });

  it('somebody removed from the stage is out of the audience with that link too, within the same second', async () => {
    const token = await stage.tokens.issue({ webinarId, role: 'panelist', displayName: 'Pavel' });
    const onStage = stage.open(token);
    await onStage.connected();
    const { peerId } = await onStage.ok('join', { protocolVersion: 1 });
    const inAudience = openWith(token);
    await inAudience.join();
    const host = await stage.join({ webinarId, role: 'host', displayName: 'Hana' });
    await host.client.ok('setRole', { peerId, role: 'coHost' });
    expect((await inAudience.newest('permissionsChanged')).role).toBe('coHost');
    await inAudience.ok('setRules', { chat: true, questions: true, reactions: true, hands: true });
    await host.client.ok('removePeer', { peerId });
    await waitFor('the end of the connection', () => !inAudience.socket.connected);
    expect(inAudience.events.at(-1)).toMatchObject({ name: 'removed', payload: { code: 'SIGNALING_REMOVED' } });
  });
});

describe('reactions and hands', () => {
  it('reactions come together, as counts', async () => {
    const [ann, bob] = [await person('viewer', ''), await person('viewer', '')];
    for (const { client } of [ann, bob]) await client.ok('react', { reaction: 'clap' });
    await ann.client.ok('react', { reaction: 'heart' });
    expect((await bob.client.newest('reactions')).counts).toEqual({ clap: 2, heart: 1 });
    expect(conversations.records.get(webinarId)).toBeUndefined();
  });

  it('a raised hand is seen by who admits, who brings the person up with a link by the green room', async () => {
    const host = await person('host', 'Hana');
    const ann = await person('viewer', 'Ann');
    const bob = await person('viewer', 'Bob');
    await ann.client.ok('setHand', { isRaised: true });
    const { hands } = await host.client.newest('hands', (event) => event.hands.length === 1);
    expect(hands).toMatchObject([{ personId: ann.joined.personId, name: 'Ann', isInvited: false }]);
    expect(bob.client.events.map(({ name }) => name)).not.toContain('hands');
    expect(await bob.client.fails('bringUp', { personId: ann.joined.personId })).toBe('SIGNALING_NOT_PERMITTED');
    expect(await host.client.fails('bringUp', { personId: bob.joined.personId })).toBe('AUDIENCE_ENTRY_UNKNOWN');
    await host.client.ok('bringUp', { personId: ann.joined.personId });
    const { token } = await ann.client.newest('broughtUp');
    const guest = stage.open(token);
    await guest.connected();
    const joined = await guest.ok('join', { protocolVersion: 1 });
    expect(joined).toMatchObject({ role: 'panelist', place: 'greenRoom' });
    await host.client.newest('hands', (event) => event.hands[0]?.isInvited === true);
    await host.client.ok('lowerHand', { personId: ann.joined.personId });
    await ann.client.newest('handLowered');
    await bob.client.ok('setHand', { isRaised: true });
    bob.client.socket.disconnect();
    await host.client.newest('hands', (event) => event.hands.length === 0);
    expect(conversations.records.get(webinarId)?.map(({ body }) => body.type)).toContain('broughtUp');
  });
});

describe('who may come', () => {
  it('without a token, with one that is no good, and more than one address may', async () => {
    const none = stage.open(undefined, { namespace: '/audience' });
    expect(await none.refused()).toBe('SIGNALING_AUTH_MISSING');
    const forged = await stage.tokens.forge({ webinarId, role: 'viewer', displayName: 'Eve' });
    expect(await stage.open(forged, { namespace: '/audience' }).refused()).toBe('AUTH_TOKEN_INVALID');
    const small = await startStageServer({ config: { maxConnectionsPerIp: 1, maxAudienceConnectionsPerIp: 2 } });
    try {
      const token = await small.tokens.issue({ webinarId, role: 'host', displayName: 'Hana' });
      const namespaces = ['/audience', '/audience', '/audience', '/stage', '/stage'];
      const outcomes: boolean[] = [];
      for (const namespace of namespaces) outcomes.push(await small.open(token, { namespace }).settled());
      // A crowd in the audience leaves the stage its places, and the other way round.
      expect(outcomes).toEqual([true, true, false, true, false]);
    } finally {
      await small.close();
    }
  });

  it('nothing but join before join, unknown requests and wrong payloads are refused, and the room lives', async () => {
    const eve = await open('viewer', 'Eve');
    await eve.connected();
    expect(await eve.fails('say', { channel: 'public', text: 'x' })).toBe('SIGNALING_NOT_JOINED');
    expect(await eve.fails('join', { protocolVersion: 0 })).toBe('SIGNALING_VERSION_UNSUPPORTED');
    await eve.join();
    expect(await eve.fails('join', { protocolVersion: 1 })).toBe('SIGNALING_ALREADY_JOINED');
    // Three of them: the class of writing allows no more at once.
    for (const text of [' ', 'x'.repeat(501)])
      expect(await eve.fails('say', { channel: 'public', text }), text).toBe('SIGNALING_PAYLOAD_INVALID');
    expect(await eve.fails('vote', { pollId: 'p', option: -1 })).toBe('SIGNALING_PAYLOAD_INVALID');
    expect(await eve.fails('shutdown', {})).toBe('SIGNALING_REQUEST_UNKNOWN');
    await eve.ok('react', { reaction: 'wow' });
  });
});
