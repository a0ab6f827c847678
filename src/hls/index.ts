/** Door of the HLS packager and origin: fragments in, low-latency HLS over HTTP out. */
import { HlsOrigin, type HlsOriginOptions } from './origin/hls-origin.ts';
import { FileDvrStore } from './dvr/file-dvr-store.ts';
import { type DvrStore } from './ports.ts';
import { Program, type ProgramOptions } from './packager/program.ts';
import { HlsPush, type HlsPushOptions } from './push/hls-push.ts';

export { type CheckReport, checkStream, formatReport, type StreamCheckOptions } from './check/index.ts';
export { type HlsConfig, hlsConfigSchema } from './config.ts';
export { type CaptionCue } from './captions/caption-track.ts';
export { type PlacedSpan } from './captions/placement.ts';
export { hlsErrorCatalog } from './errors.ts';
export { type RequestSender } from './origin/hls-request.ts';
export { type HlsOrigin, type HlsOriginOptions } from './origin/hls-origin.ts';
export { type LatencyProfileName, latencyProfileNames } from './packager/latency-profile.ts';
export { type Program, type ProgramOptions } from './packager/program.ts';
export { type ProgramEvents, type PublishedProgram } from './published-program.ts';
export { type FeedFrame } from './replica/feed-frames.ts';
export { encodeFrame, FrameReader } from './replica/frame-codec.ts';
export { OriginFeed } from './replica/origin-feed.ts';
export { OriginReplica, type OriginReplicaOptions } from './replica/origin-replica.ts';
export { type ProgramTiming, programTiming } from './packager/program-timing.ts';
export { type HlsPush, type HlsPushOptions } from './push/hls-push.ts';
export {
  type CaptionRenditionSpec,
  type Admission,
  type ClosedInit,
  type ClosedPart,
  type ClosedSegment,
  type DvrSegment,
  type DvrStore,
  type HlsObject,
  type HlsStore,
  type PlaybackAccess,
  type PlaybackRequest,
  type ProgramRun,
  type ProgramSink,
  type RenditionSpec,
  type TakenFragment,
} from './ports.ts';

/** Keeps the segments of one program in that folder of its own. */
export function createDvrStore(directory: string): DvrStore {
  return new FileDvrStore(directory);
}

/** One live session of one webinar. The origin it is added to closes it. @throws HLS_PROGRAM_INVALID */
export function createProgram(options: ProgramOptions): Program {
  return new Program(options);
}

/** One per process; owns held requests, rendered playlists and the programs added to it. */
export function createHlsOrigin(options: HlsOriginOptions): HlsOrigin {
  return new HlsOrigin(options);
}

/** One per process; brings the programs given to it into an object store. */
export function createHlsPush(options: HlsPushOptions): HlsPush {
  return new HlsPush(options);
}
