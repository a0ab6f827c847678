/** Remembers in the data folder what encoding costs on this machine, so that a start measures only once. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { type Logger } from '../../core/logger.ts';
import { type LadderCost } from './measure-ladder.ts';

/** Machine, FFmpeg and ladder: whatever changes the answer. */
export type CostKey = string;

/** Oldest first out. */
const maxEntryCount = 16;

const entrySchema = z.object({
  key: z.string(),
  encodeCores: z.number().positive(),
  realTimeRatio: z.number().positive(),
});
const fileSchema = z.array(entrySchema).max(maxEntryCount);

export class CostCache {
  readonly #path: string;
  readonly #logger: Logger;

  constructor(path: string, logger: Logger) {
    this.#path = path;
    this.#logger = logger;
  }

  get(key: CostKey): LadderCost | undefined {
    const entry = this.#read().findLast((one) => one.key === key);
    return entry && { encodeCores: entry.encodeCores, realTimeRatio: entry.realTimeRatio };
  }

  /** A cache that cannot be written costs a measurement at the next start, nothing else. */
  put(key: CostKey, cost: LadderCost): void {
    const entries = [...this.#read().filter((one) => one.key !== key), { key, ...cost }].slice(-maxEntryCount);
    try {
      writeFileSync(`${this.#path}.new`, `${JSON.stringify(entries, null, 1)}\n`, { mode: 0o600 });
      renameSync(`${this.#path}.new`, this.#path);
    } catch (error) {
      this.#logger.warn({ error, path: this.#path }, 'encoding cost could not be remembered');
    }
  }

  /** Missing, damaged or of another version: as if nothing had been measured. */
  #read(): z.output<typeof fileSchema> {
    try {
      return fileSchema.parse(JSON.parse(readFileSync(this.#path, 'utf8')));
    } catch (error) {
      this.#logger.debug({ error, path: this.#path }, 'no encoding cost is remembered');
      return [];
    }
  }
}
