/** How much the sender may leave unacknowledged: it holds itself to these, the recorder refuses what is beyond. */

/** What a command without media costs in memory, about; no command counts less. */
export const commandOverheadBytes = 512;

/** Sent and unacknowledged at most. */
export const maxInFlightBytes = 16 << 20;

/** The most commands that fit: every one of the smallest, and the one that always may go. */
export const maxInFlightCount = maxInFlightBytes / commandOverheadBytes + 1;
