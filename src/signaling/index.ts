/** Signaling: the `/stage` namespace, rooms, presence, and the rules for every message. */
export { createSignalingServer, type SignalingOptions, type SignalingServer } from './signaling-server.ts';
export { signalingConfigSchema, type SignalingConfig } from './config.ts';
export { signalingError, signalingErrorCatalog } from './errors.ts';
export { signalingLimits } from './limits.ts';
export { openStage, stagePolicySchema, type StagePolicy } from './people/policy-schema.ts';
export { linkPermissions } from './people/stage-policy.ts';
export { conversationRecordSchema, type ConversationRecord } from './audience/conversation-record.ts';
export {
  type AudienceGrant,
  type AudienceTokenVerifier,
  type CaptionDesk,
  type ConversationListener,
  type ConversationStore,
  type ConversationView,
  type Grant,
  type IceServerProvider,
  type PeerRef,
  type ProgramDirector,
  type StageInviter,
  type StageListener,
  type StageMedia,
  type StagePolicyStore,
  type TokenVerifier,
  type WebinarDirectory,
} from './ports.ts';
