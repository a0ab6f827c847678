/**
 * The `/audience` namespace: what viewers and people on stage say, ask, vote and show. Everything that stays is an entry
 * with a number, in one order for all; counts and reactions are told as they stand and need none. Schemas are the types.
 */
import { z } from 'zod';
import { displayNameSchema, idSchema, type Role } from './common.ts';
import { type Permission } from './permissions.ts';

/** What people write: any script, line breaks, no other control characters. */
const textSchema = (maxLength: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .regex(/^(?:[^\p{Cc}\p{Cs}]|\n)+$/u);

/** `public` is read by everybody, `backstage` by people with a stage link only. */
export const chatChannelSchema = z.enum(['public', 'backstage']);
export type ChatChannel = z.infer<typeof chatChannelSchema>;

export const reactionSchema = z.enum(['clap', 'heart', 'laugh', 'wow', 'thumbsUp', 'question']);
export type Reaction = z.infer<typeof reactionSchema>;

/** What is open to viewers; people on stage may always write. */
export const conversationRulesSchema = z.strictObject({
  chat: z.boolean(),
  questions: z.boolean(),
  reactions: z.boolean(),
  hands: z.boolean(),
});
export type ConversationRules = z.infer<typeof conversationRulesSchema>;

const byPoll = z.strictObject({ pollId: idSchema });
const byPerson = z.strictObject({ personId: idSchema });

/** Request name -> payload schema. Each is answered once, when what it says is stored. */
export const audienceRequestSchemas = {
  /** First request after connecting. `after` says what was received before the connection was lost. */
  join: z.strictObject({
    protocolVersion: z.number().int(),
    displayName: displayNameSchema.optional(),
    /** As on the stage, for people with a stage link: who of those with that link this is. */
    clientId: idSchema.min(16).optional(),
    after: z.strictObject({ epoch: idSchema, number: z.number().int().min(0) }).optional(),
  }),
  /** As others read it; needed before writing, asking or raising a hand. An invitation's own name stays. */
  setName: z.strictObject({ displayName: displayNameSchema }),
  say: z.strictObject({ channel: chatChannelSchema, text: textSchema(500) }),
  ask: z.strictObject({ text: textSchema(300) }),
  upvote: z.strictObject({ questionId: idSchema, isOn: z.boolean() }),
  vote: z.strictObject({ pollId: idSchema, option: z.number().int().min(0).max(9) }),
  react: z.strictObject({ reaction: reactionSchema }),
  setHand: z.strictObject({ isRaised: z.boolean() }),
  /** Of those who moderate, as the next ones. A question is taken up, or done with. */
  markQuestion: z.strictObject({ questionId: idSchema, state: z.enum(['open', 'answering', 'answered']) }),
  /** A message or a question, out of everybody's sight. */
  hide: z.strictObject({ entryId: idSchema }),
  openPoll: z.strictObject({ question: textSchema(200), options: z.array(textSchema(100)).min(2).max(10) }),
  closePoll: byPoll,
  /** Keeps somebody from writing, asking, reacting and raising a hand. */
  silence: z.strictObject({ personId: idSchema, isSilenced: z.boolean() }),
  setRules: conversationRulesSchema,
  /** Of those who admit: invites somebody who raised a hand onto the stage. */
  bringUp: byPerson,
  lowerHand: byPerson,
} as const;
export type AudienceRequestName = keyof typeof audienceRequestSchemas;
export type AudienceRequest<Name extends AudienceRequestName> = z.infer<(typeof audienceRequestSchemas)[Name]>;

export interface Author {
  /** The same for all that one person writes in one webinar. */
  readonly personId: string;
  readonly name: string;
  readonly role: Role;
}

export interface ChatMessage {
  readonly messageId: string;
  readonly channel: ChatChannel;
  readonly author: Author;
  readonly text: string;
  /** Wall time, ms since the Unix epoch. */
  readonly atMs: number;
}

export interface Question {
  readonly questionId: string;
  readonly author: Author;
  readonly text: string;
  readonly atMs: number;
  readonly state: 'open' | 'answering' | 'answered';
  readonly voteCount: number;
}

export interface Poll {
  readonly pollId: string;
  readonly question: string;
  readonly options: readonly string[];
  /** Votes per option. */
  readonly counts: readonly number[];
  readonly isOpen: boolean;
  readonly atMs: number;
}

/** What changes for everybody who may read it; numbers rise by one or more. */
export type ConversationEntry = { readonly number: number } & (
  | { readonly type: 'message'; readonly message: ChatMessage }
  | { readonly type: 'question'; readonly question: Question }
  | { readonly type: 'questionMarked'; readonly questionId: string; readonly state: Question['state'] }
  | { readonly type: 'hidden'; readonly entryId: string }
  | { readonly type: 'poll'; readonly poll: Poll }
  | { readonly type: 'pollClosed'; readonly pollId: string; readonly counts: readonly number[] }
  | { readonly type: 'rules'; readonly rules: ConversationRules }
);

/** Everything there is, for who comes new. */
export interface ConversationSnapshot {
  /** The newest messages, oldest first. */
  readonly messages: readonly ChatMessage[];
  readonly questions: readonly Question[];
  readonly polls: readonly Poll[];
  readonly rules: ConversationRules;
}

export interface RaisedHand {
  readonly personId: string;
  readonly name: string;
  readonly sinceMs: number;
  /** Was asked onto the stage. */
  readonly isInvited: boolean;
}

export interface AudienceReplies {
  join: {
    readonly personId: string;
    /** Undefined while one has not said it. */
    readonly name?: string;
    readonly role: Role;
    readonly permissions: readonly Permission[];
    /** Changes when the server has lost count: then `after` is of no use. */
    readonly epoch: string;
    /** Of the newest entry. */
    readonly number: number;
    /** Present when what was missed is not known any more, or for who comes new. */
    readonly snapshot?: ConversationSnapshot;
    /** What was missed. */
    readonly missed: readonly ConversationEntry[];
    readonly own: {
      readonly upvotedIds: readonly string[];
      /** Poll -> option. */
      readonly votes: Readonly<Record<string, number>>;
      readonly isHandRaised: boolean;
      readonly isSilenced: boolean;
    };
    /** For those who admit, first raised first. */
    readonly hands?: readonly RaisedHand[];
  };
  setName: { readonly name: string };
  say: { readonly messageId: string };
  ask: { readonly questionId: string };
  upvote: Record<string, never>;
  vote: Record<string, never>;
  react: Record<string, never>;
  setHand: Record<string, never>;
  markQuestion: Record<string, never>;
  hide: Record<string, never>;
  openPoll: { readonly pollId: string };
  closePoll: Record<string, never>;
  silence: Record<string, never>;
  setRules: Record<string, never>;
  bringUp: Record<string, never>;
  lowerHand: Record<string, never>;
}

export type AudienceReply<Name extends AudienceRequestName = AudienceRequestName> =
  | { readonly ok: true; readonly data: AudienceReplies[Name] }
  | {
      readonly ok: false;
      readonly error: { readonly code: string; readonly message: string; readonly details?: object };
    };

/** Event name -> payload, server to client. */
export interface AudienceEvents {
  /** In order, none left out. */
  entries: { readonly entries: readonly ConversationEntry[] };
  /** As they stand now; about once a second while they change. */
  counts: {
    readonly questions: Readonly<Record<string, number>>;
    readonly polls: Readonly<Record<string, readonly number[]>>;
  };
  /** Since the last of these. */
  reactions: { readonly counts: Readonly<Partial<Record<Reaction, number>>> };
  /** To those who admit. */
  hands: { readonly hands: readonly RaisedHand[] };
  /** Of oneself. */
  handLowered: Record<string, never>;
  silenced: { readonly isSilenced: boolean };
  /** Onto the stage, by the green room: with this token, while it is good. */
  broughtUp: { readonly token: string };
  /** Of oneself: a host decided about one's role. */
  permissionsChanged: { readonly role: Role; readonly permissions: readonly Permission[] };
  removed: { readonly code: string; readonly message: string };
}
export type AudienceEventName = keyof AudienceEvents;

/** What it takes to ask for something beside being there. */
export const audiencePermissions: Readonly<Partial<Record<AudienceRequestName, Permission>>> = {
  markQuestion: 'moderate',
  hide: 'moderate',
  openPoll: 'moderate',
  closePoll: 'moderate',
  silence: 'moderate',
  setRules: 'moderate',
  bringUp: 'admit',
  lowerHand: 'admit',
};

export const openConversation: ConversationRules = { chat: true, questions: true, reactions: true, hands: true };
