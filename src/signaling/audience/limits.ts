/** Numbers of `/audience` that are not configuration, each with its reason. */
import { type AudienceRequestName } from '../protocol/index.ts';
import { type BucketSpec } from '../rate-limit.ts';

export const audienceLimits = {
  joinTimeoutMs: 15_000,
  requestDeadlineMs: 10_000,
  /** A room that nobody is in is forgotten after this; who comes back before has missed nothing. */
  idleRoomMs: 60_000,
  maxOpenRooms: 200,
  /** Questions and polls of one webinar are shown whole to who comes new. */
  maxQuestions: 500,
  maxPolls: 50,
} as const;

/** What costs a row that everybody gets, what costs a row, what costs neither, and what a host does. */
export type AudienceRequestClass = 'session' | 'write' | 'vote' | 'react' | 'moderate';

export const audienceBuckets: Readonly<Record<AudienceRequestClass, BucketSpec>> = {
  session: { capacity: 5, refillPerSec: 0.2 },
  /** Three lines at once, then one every four seconds: a reader's pace. */
  write: { capacity: 3, refillPerSec: 0.25 },
  vote: { capacity: 10, refillPerSec: 1 },
  react: { capacity: 6, refillPerSec: 1 },
  moderate: { capacity: 40, refillPerSec: 5 },
};

export const audienceClasses: Readonly<Record<AudienceRequestName, AudienceRequestClass>> = {
  join: 'session',
  setName: 'session',
  say: 'write',
  ask: 'write',
  upvote: 'vote',
  vote: 'vote',
  react: 'react',
  setHand: 'vote',
  markQuestion: 'moderate',
  hide: 'moderate',
  openPoll: 'moderate',
  closePoll: 'moderate',
  silence: 'moderate',
  setRules: 'moderate',
  bringUp: 'moderate',
  lowerHand: 'moderate',
};
