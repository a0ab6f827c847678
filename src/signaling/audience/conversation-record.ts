/**
 * What is stored of a conversation: everything that anybody said, asked, voted, hid or decided, in order, with who and
 * when. Nothing is ever changed or taken out: hiding is a record of its own.
 */
import { z } from 'zod';
import {
  chatChannelSchema,
  conversationRulesSchema,
  displayNameSchema,
  idSchema,
  roleSchema,
} from '../protocol/index.ts';

const text = z.string().min(1).max(1000);

export const recordBodySchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('message'), messageId: idSchema, channel: chatChannelSchema, text }),
  z.strictObject({ type: z.literal('question'), questionId: idSchema, text }),
  z.strictObject({
    type: z.literal('questionMarked'),
    questionId: idSchema,
    state: z.enum(['open', 'answering', 'answered']),
  }),
  z.strictObject({ type: z.literal('upvote'), questionId: idSchema, isOn: z.boolean() }),
  z.strictObject({ type: z.literal('hidden'), entryId: idSchema }),
  z.strictObject({ type: z.literal('poll'), pollId: idSchema, question: text, options: z.array(text).min(2).max(10) }),
  z.strictObject({ type: z.literal('pollClosed'), pollId: idSchema }),
  z.strictObject({ type: z.literal('vote'), pollId: idSchema, option: z.number().int().min(0).max(9) }),
  z.strictObject({ type: z.literal('rules'), rules: conversationRulesSchema }),
  z.strictObject({ type: z.literal('silenced'), personId: idSchema, isSilenced: z.boolean() }),
  z.strictObject({ type: z.literal('hand'), isRaised: z.boolean() }),
  z.strictObject({ type: z.literal('broughtUp'), personId: idSchema }),
]);
export type RecordBody = z.output<typeof recordBodySchema>;

export const conversationRecordSchema = z.strictObject({
  /** Rises by one within a webinar, from 1. */
  number: z.number().int().min(1),
  /** Wall time, ms since the Unix epoch. */
  atMs: z.number(),
  author: z.strictObject({ personId: idSchema, name: displayNameSchema, role: roleSchema }),
  body: recordBodySchema,
});
export type ConversationRecord = z.output<typeof conversationRecordSchema>;
