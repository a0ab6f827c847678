/** Conversations without a database, for tests that are about something else. */
import { type ConversationRecord, type ConversationStore } from '../../src/signaling/index.ts';

export interface MemoryConversations extends ConversationStore {
  readonly records: Map<string, ConversationRecord[]>;
}

export function memoryConversations(): MemoryConversations {
  const records = new Map<string, ConversationRecord[]>();
  return {
    records,
    load: async (webinarId) => records.get(webinarId) ?? [],
    append: async (webinarId, added) => void records.set(webinarId, [...(records.get(webinarId) ?? []), ...added]),
  };
}
