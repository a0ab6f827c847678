/** Typed client of the `/stage` namespace. */
import type {
  ResumeEvents,
  StageEventName,
  StageReplies,
  StageRequest,
  StageRequestName,
  StageResume,
} from '../../../src/signaling/protocol/index.ts';
import { type Scheduler } from '../lib/scheduler.ts';
import { SocketClient, type SocketListener } from '../lib/socket-client.ts';
import { isFinalRefusal } from './refusal.ts';
import { type StageEvent } from './roster.ts';

const requestDeadlineMs = 10_000;
/** Going live waits for the mixer to start. */
const setLiveDeadlineMs = 35_000;

type ResumeEvent = {
  [Name in keyof ResumeEvents]: { readonly name: Name; readonly payload: ResumeEvents[Name] };
}[keyof ResumeEvents];
export type ServerEvent = StageEvent | ResumeEvent;

const eventNames: Readonly<Record<StageEventName | keyof ResumeEvents, true>> = {
  peerJoined: true,
  peerLeft: true,
  producerAdded: true,
  producerPaused: true,
  producerResumed: true,
  producerClosed: true,
  consumerClosed: true,
  layersWanted: true,
  transportClosed: true,
  activeSpeaker: true,
  webinarState: true,
  programChanged: true,
  peerChanged: true,
  orderChanged: true,
  greenRoomChanged: true,
  placeChanged: true,
  sourceStopped: true,
  audienceChanged: true,
  peerAway: true,
  removed: true,
  resumed: true,
  snapshot: true,
  sessionLost: true,
};

export interface SignalingClientOptions {
  readonly token: string;
  /** The place to come back to, when there is one. */
  readonly resume: () => StageResume | undefined;
  readonly scheduler: Scheduler;
  readonly listener: SocketListener<ServerEvent>;
}

export class SignalingClient extends SocketClient<ServerEvent> {
  constructor({ token, resume, scheduler, listener }: SignalingClientOptions) {
    super({
      namespace: '/stage',
      auth: () => {
        const known = resume();
        return Promise.resolve({ token, ...(known && { resume: known }) });
      },
      keepsRequests: true,
      eventNames: Object.keys(eventNames),
      deadlineMsOf: (request) => (request === 'setLive' ? setLiveDeadlineMs : requestDeadlineMs),
      isFinalRefusal,
      scheduler,
      listener,
    });
  }

  override async request<Name extends StageRequestName>(
    name: Name,
    payload: StageRequest<Name>,
  ): Promise<StageReplies[Name]> {
    return (await super.request(name, payload)) as StageReplies[Name];
  }
}
