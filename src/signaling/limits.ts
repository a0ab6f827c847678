/** Numbers of signaling that are not configuration, each with its reason. */
import { type BucketSpec } from './rate-limit.ts';
import { type StageRequestName } from './protocol/index.ts';

export const signalingLimits = {
  /** The largest request (produce with every header extension) is about 8 KB. */
  maxMessageBytes: 64 * 1024,
  /** Time from TCP to the namespace; socket.io's own default is 45 s. */
  connectTimeoutMs: 10_000,
  /** A dead connection is noticed within interval + timeout; the defaults add up to 45 s. */
  pingIntervalMs: 10_000,
  pingTimeoutMs: 8000,
  /** Time from the namespace to `join`. */
  joinTimeoutMs: 15_000,
  tokenDeadlineMs: 5000,
  requestDeadlineMs: 10_000,
  /** Going live starts processes and waits for the first playable part. */
  setLiveDeadlineMs: 30_000,
  /** Requests of one connection that wait for their answer. */
  maxPendingRequests: 32,
  /** Unknown requests, missing acknowledgements: things no client of ours does. */
  maxViolations: 10,
  /** Refusals by rate before the connection counts as an attack. */
  maxRateRefusals: 200,
  /** Packets waiting for a slow connection; at the limit it is removed. */
  maxBufferedPackets: 256,
  /** Events kept for who comes back, sent all at once: fewer than may wait. Who missed more gets the state as it is. */
  maxKeptEvents: 200,
  /** For clients to answer the end of their connection when the server closes. */
  goodbyeDeadlineMs: 1000,
  /** People in the green room of one webinar; a host can look over so many. */
  maxWaiting: 50,
  /** Problems of a payload named in the answer. */
  maxReportedProblems: 5,
} as const;

/**
 * Request classes: what costs a worker something, what switches media, what viewers see or read, what is done to people,
 * what starts or ends an event.
 */
export type RequestClass = 'session' | 'setup' | 'control' | 'program' | 'people' | 'captions';

export const bucketSpecs: Readonly<Record<RequestClass, BucketSpec>> = {
  session: { capacity: 5, refillPerSec: 0.5 },
  /** Joining a full stage at once: two transports, two producers, and a consumer per kind of every other peer. */
  setup: { capacity: 60, refillPerSec: 5 },
  control: { capacity: 100, refillPerSec: 20 },
  /** A host who tries every layout in turn; each is written to the database. */
  program: { capacity: 20, refillPerSec: 4 },
  /** A host who mutes a whole stage, one by one. */
  people: { capacity: 40, refillPerSec: 5 },
  /** Word by word from a fast speaker; each call may bring many. */
  captions: { capacity: 30, refillPerSec: 5 },
};

export const requestClasses: Readonly<Record<StageRequestName, RequestClass>> = {
  join: 'session',
  setLive: 'session',
  leave: 'session',
  createTransport: 'setup',
  connectTransport: 'setup',
  restartIce: 'setup',
  produce: 'setup',
  closeProducer: 'setup',
  consume: 'setup',
  pauseProducer: 'control',
  resumeProducer: 'control',
  resumeConsumer: 'control',
  pauseConsumer: 'control',
  setPreferredLayers: 'control',
  setTile: 'control',
  admit: 'people',
  sendToGreenRoom: 'people',
  setGreenRoom: 'people',
  reportReadiness: 'people',
  stopSource: 'people',
  removePeer: 'people',
  setPermissions: 'people',
  setRole: 'people',
  handOver: 'people',
  setOrder: 'program',
  setLayout: 'program',
  setPinned: 'program',
  setScene: 'program',
  addCaptions: 'captions',
};
