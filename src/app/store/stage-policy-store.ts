/** What hosts decided about people: roles, permissions, who was let in, who was removed. */
import { type Logger } from '../../core/logger.ts';
import { openStage, stagePolicySchema, type StagePolicy, type StagePolicyStore } from '../../signaling/index.ts';
import { type Database } from './database.ts';
import { parseJson } from './parse-json.ts';

/** Nobody is known and everybody waits: a host sorts it out at the door. */
const damagedPolicy: StagePolicy = { isGreenRoomOn: true, decisions: [] };

export class DatabasePolicyStore implements StagePolicyStore {
  readonly #database: Database;
  readonly #logger: Logger;

  constructor(database: Database, logger: Logger) {
    this.#database = database;
    this.#logger = logger;
  }

  async load(webinarId: string): Promise<StagePolicy> {
    const row = await this.#database
      .selectFrom('stage_policy')
      .select('policy')
      .where('webinar_id', '=', webinarId)
      .executeTakeFirst();
    if (row === undefined) return openStage;
    const parsed = stagePolicySchema.safeParse(parseJson(row.policy));
    if (parsed.success) return parsed.data;
    this.#logger.error({ webinarId, error: parsed.error }, 'stored stage policy is unusable, newcomers wait');
    return damagedPolicy;
  }

  async save(webinarId: string, policy: StagePolicy): Promise<void> {
    const text = JSON.stringify(policy);
    await this.#database
      .insertInto('stage_policy')
      .values({ webinar_id: webinarId, policy: text })
      .onConflict((conflict) => conflict.column('webinar_id').doUpdateSet({ policy: text }))
      .execute();
  }
}
