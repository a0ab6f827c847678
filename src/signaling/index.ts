/** Signaling: the `/stage` namespace, rooms, presence, and the rules for every message. */
export { createSignalingServer, type SignalingOptions, type SignalingServer } from './signaling-server.ts';
export { signalingConfigSchema, type SignalingConfig } from './config.ts';
export { signalingError, signalingErrorCatalog } from './errors.ts';
export { signalingLimits } from './limits.ts';
export {
  type CaptionDesk,
  type Grant,
  type IceServerProvider,
  type PeerRef,
  type ProgramDirector,
  type StageListener,
  type StageMedia,
  type TokenVerifier,
  type WebinarDirectory,
} from './ports.ts';
