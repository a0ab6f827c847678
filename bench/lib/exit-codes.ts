/** What the bench command tells scripts. */
export const exitCodes = { measured: 0, failed: 1, usage: 2, interrupted: 130 } as const;
