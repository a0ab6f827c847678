/** What handlers of requests have in common: who asks, and what they work with. */
import { type StagePolicies } from './people/stage-policies.ts';
import {
  type CaptionDesk,
  type IceServerProvider,
  type PeerRef,
  type ProgramDirector,
  type StageMedia,
  type WebinarDirectory,
} from './ports.ts';
import { type StageReplies, type StageRequest, type StageRequestName } from './protocol/index.ts';
import { type StageHub, type StageRoom } from './stage-hub.ts';

export interface JoinedPeer {
  readonly ref: PeerRef;
  readonly room: StageRoom;
}

export interface HandlerServices {
  readonly hub: StageHub;
  readonly media: StageMedia;
  readonly directory: WebinarDirectory;
  readonly program: ProgramDirector;
  readonly policies: StagePolicies;
  readonly captions: CaptionDesk;
  readonly iceServers: IceServerProvider;
}

export type Handler<Name extends StageRequestName> = (
  peer: JoinedPeer,
  request: StageRequest<Name>,
  services: HandlerServices,
) => Promise<StageReplies[Name]>;
