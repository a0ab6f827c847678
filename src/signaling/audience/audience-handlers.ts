/** What each request of somebody in the audience does. */
import { randomId } from '../../core/ids.ts';
import { signalingError } from '../errors.ts';
import { type StageInviter } from '../ports.ts';
import {
  type AudienceReplies,
  type AudienceRequest,
  type AudienceRequestName,
  type Author,
  type ConversationRules,
} from '../protocol/index.ts';
import { type AudienceRoom, maxHandCount } from './audience-room.ts';
import { type RecordBody } from './conversation-record.ts';
import { type Conversation } from './conversation.ts';
import { audienceLimits } from './limits.ts';

/** Who asks, as they are now. */
export interface AudiencePerson {
  readonly room: AudienceRoom;
  readonly webinarId: string;
  readonly author: Author;
  /** False for a viewer who has not said it: they may vote and react, and not write or come up. */
  readonly hasName: boolean;
  /** Came with a stage link: rules for viewers do not bind them, and they read what is said backstage. */
  readonly isBackstage: boolean;
}

type Handler<Name extends AudienceRequestName> = (
  person: AudiencePerson,
  request: AudienceRequest<Name>,
  services: { readonly inviter: StageInviter },
) => Promise<AudienceReplies[Name]>;

/** `join` and `setName` change the connection: they live with it. */
export type PersonRequestName = Exclude<AudienceRequestName, 'join' | 'setName'>;

export const audienceHandlers: { readonly [Name in PersonRequestName]: Handler<Name> } = {
  say: async (person, { channel, text }) => {
    if (channel === 'backstage' && !person.isBackstage)
      throw signalingError('SIGNALING_NOT_PERMITTED', { details: { permission: 'backstage' } });
    assertNamed(person);
    const messageId = randomId();
    await add(person, (conversation) => {
      assertOpen(person, conversation, 'chat');
      return { type: 'message', messageId, channel, text };
    });
    return { messageId };
  },

  ask: async (person, { text }) => {
    assertNamed(person);
    const questionId = randomId();
    await add(person, (conversation) => {
      assertOpen(person, conversation, 'questions');
      if (conversation.questionCount >= audienceLimits.maxQuestions) throw signalingError('AUDIENCE_CONVERSATION_FULL');
      return { type: 'question', questionId, text };
    });
    return { questionId };
  },

  upvote: async (person, { questionId, isOn }) => {
    const { personId } = person.author;
    const { conversation } = person.room.log;
    // Said before: nothing to store.
    if (conversation.question(questionId) !== undefined && conversation.hasUpvoted(personId, questionId) === isOn)
      return {};
    await add(person, (now) => {
      if (now.question(questionId) === undefined) throw unknown(questionId);
      return { type: 'upvote', questionId, isOn };
    });
    return {};
  },

  vote: async (person, { pollId, option }) => {
    await add(person, (conversation) => {
      const poll = conversation.poll(pollId);
      if (poll?.isOpen !== true || option >= poll.options.length) throw unknown(pollId);
      return { type: 'vote', pollId, option };
    });
    return {};
  },

  react: async (person, { reaction }) => {
    assertOpen(person, person.room.log.conversation, 'reactions');
    person.room.react(reaction);
    return {};
  },

  setHand: async (person, { isRaised }) => {
    const { room, author } = person;
    if (isRaised === (room.hand(author.personId) !== undefined)) return {};
    if (isRaised) assertNamed(person);
    await add(person, (conversation) => {
      if (isRaised) assertOpen(person, conversation, 'hands');
      if (isRaised && room.hands.length >= maxHandCount) throw signalingError('AUDIENCE_HANDS_FULL');
      return { type: 'hand', isRaised };
    });
    if (isRaised) room.raiseHand(author);
    else room.lowerHand(author.personId);
    return {};
  },

  markQuestion: async (person, { questionId, state }) => {
    await add(person, (conversation) => {
      if (conversation.question(questionId) === undefined) throw unknown(questionId);
      return { type: 'questionMarked', questionId, state };
    });
    return {};
  },

  hide: async (person, { entryId }) => {
    await add(person, (conversation) => {
      if (!conversation.hasMessage(entryId) && conversation.question(entryId) === undefined) throw unknown(entryId);
      return { type: 'hidden', entryId };
    });
    return {};
  },

  openPoll: async (person, { question, options }) => {
    const pollId = randomId();
    await add(person, (conversation) => {
      if (conversation.pollCount >= audienceLimits.maxPolls) throw signalingError('AUDIENCE_CONVERSATION_FULL');
      return { type: 'poll', pollId, question, options };
    });
    return { pollId };
  },

  closePoll: async (person, { pollId }) => {
    await add(person, (conversation) => {
      if (conversation.poll(pollId)?.isOpen !== true) throw unknown(pollId);
      return { type: 'pollClosed', pollId };
    });
    return {};
  },

  silence: async (person, { personId, isSilenced }) => {
    await add(person, () => ({ type: 'silenced', personId, isSilenced }));
    for (const member of person.room.membersOf(personId)) member.send('silenced', { isSilenced });
    if (isSilenced) lowerHandOf(person.room, personId);
    return {};
  },

  setRules: async (person, rules) => {
    await add(person, () => ({ type: 'rules', rules }));
    return {};
  },

  bringUp: async (person, { personId }, { inviter }) => {
    const { room, webinarId } = person;
    const hand = room.hand(personId);
    if (hand === undefined) throw unknown(personId);
    const token = await inviter.inviteToStage({ webinarId, displayName: hand.name });
    await add(person, () => ({ type: 'broughtUp', personId }));
    for (const member of room.membersOf(personId)) member.send('broughtUp', { token });
    room.markInvited(personId);
    return {};
  },

  lowerHand: async ({ room }, { personId }) => {
    if (room.hand(personId) === undefined) throw unknown(personId);
    lowerHandOf(room, personId);
    return {};
  },
};

function add(person: AudiencePerson, make: (conversation: Conversation) => RecordBody): Promise<RecordBody> {
  return person.room.log.add(person.author, make);
}

/** @throws AUDIENCE_NAME_MISSING */
function assertNamed({ hasName }: AudiencePerson): void {
  if (!hasName) throw signalingError('AUDIENCE_NAME_MISSING');
}

/** @throws AUDIENCE_SILENCED, AUDIENCE_CLOSED */
function assertOpen(person: AudiencePerson, conversation: Conversation, what: keyof ConversationRules): void {
  if (conversation.isSilenced(person.author.personId)) throw signalingError('AUDIENCE_SILENCED');
  if (!person.isBackstage && !conversation.rules[what])
    throw signalingError('AUDIENCE_CLOSED', { details: { closed: what } });
}

function lowerHandOf(room: AudienceRoom, personId: string): void {
  room.lowerHand(personId);
  for (const member of room.membersOf(personId)) member.send('handLowered', {});
}

function unknown(id: string) {
  return signalingError('AUDIENCE_ENTRY_UNKNOWN', { details: { id } });
}
