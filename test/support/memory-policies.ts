/** Stage policies without a database, for tests that are about something else. */
import { openStage, type StagePolicy, type StagePolicyStore } from '../../src/signaling/index.ts';

export function memoryPolicies(): StagePolicyStore {
  const policies = new Map<string, StagePolicy>();
  return {
    load: async (webinarId) => policies.get(webinarId) ?? openStage,
    save: async (webinarId, policy) => void policies.set(webinarId, policy),
  };
}
