/**
 * The parent's wish to end the conversation, as the last message of its own.
 * Why not `child.disconnect()`: Node (24) closes the channel only after the message it is just reading, and then drops
 * that message without noticing, so that a child which sends much keeps an open channel and never leaves.
 */
export const closeRequest = { type: 'rostrum:close' } as const;

export function isCloseRequest(message: unknown): boolean {
  return (message as { type?: unknown } | null)?.type === closeRequest.type;
}
