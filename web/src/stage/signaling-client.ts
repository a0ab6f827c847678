/** Typed client of the `/stage` namespace. */
import type {
  StageEventName,
  StageReplies,
  StageRequest,
  StageRequestName,
} from '../../../src/signaling/protocol/index.ts';
import { type Scheduler } from '../lib/scheduler.ts';
import { SocketClient, type SocketListener } from '../lib/socket-client.ts';
import { isFinalRefusal } from './refusal.ts';
import { type StageEvent } from './roster.ts';

const requestDeadlineMs = 10_000;
/** Going live waits for the mixer to start. */
const setLiveDeadlineMs = 35_000;

const eventNames: Readonly<Record<StageEventName, true>> = {
  peerJoined: true,
  peerLeft: true,
  producerAdded: true,
  producerPaused: true,
  producerResumed: true,
  producerClosed: true,
  consumerClosed: true,
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
  removed: true,
};

export class SignalingClient extends SocketClient<StageEvent> {
  constructor(token: string, scheduler: Scheduler, listener: SocketListener<StageEvent>) {
    super({
      namespace: '/stage',
      token: () => Promise.resolve(token),
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
