/** The seam inside the mixer: input (RTP to pictures and samples) on one side, program (tiles, sound, encoder) on the other. */
import { type Clock } from '../core/clock.ts';
import { type Logger } from '../core/logger.ts';
import { type Sandbox } from './ffmpeg/sandbox.ts';
import { type MixerSource, type MixerStats } from './ports.ts';

/** In pixels, both even. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

export function isSameSize(a: PictureSize | undefined, b: PictureSize | undefined): boolean {
  return a?.width === b?.width && a?.height === b?.height;
}

/** `cover` fills the tile, cut at the centre (pictures in portrait are shown whole); `contain` shows all of the picture between black bars. */
export type TileFit = 'cover' | 'contain';

/** How large a camera or screen is shown. */
export interface TileSize extends PictureSize {
  /** `cover` by default. */
  readonly fit?: TileFit;
}

export function isSameTileSize(a: TileSize | undefined, b: TileSize | undefined): boolean {
  return isSameSize(a, b) && (a?.fit ?? 'cover') === (b?.fit ?? 'cover');
}

/** One picture, 8-bit 4:2:0 planar: Y (width*height), then U and V (a quarter each). Width and height are even. BT.709, limited range. */
export interface I420Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** The last picture of one camera. Never waits, never throws. */
export interface VideoSource {
  readonly sourceId: string;
  readonly participantId: string;
  /** Last decoded picture; undefined until the first one. The buffer is valid until the event loop's next turn. */
  latest(): I420Picture | undefined;
  /** Monotonic ms since the last decoded picture; Infinity before the first. The program shows the avatar beyond its limit. */
  sinceLastPictureMs(): number;
}

export type VideoContent = Extract<MixerSource['content'], 'camera' | 'screen'>;
export type AudioContent = Extract<MixerSource['content'], 'microphone' | 'screenAudio'>;

/** What the program side gives the input side when it makes it. */
export interface SourceBankOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly rtpListenIp: string;
  readonly ffmpegPath: string;
  /** What decoders are shut in; nothing by default. */
  readonly decoderSandbox?: Sandbox;
  /** Capture to program, the same for every source. */
  readonly playoutDelayMs: number;
  /** Program frames per second. */
  readonly frameRate: number;
  /** Called at once when a keyframe is needed, then at most every second per source. */
  readonly requestKeyframe: (sourceId: string) => void;
}

/** Everything that arrives by RTP for one program. */
export interface SourceBank {
  /** Binds the UDP socket; resolves with its port. */
  listen(): Promise<number>;
  /** Ties program time to the monotonic clock: sample 0 and frame 0 are presented at this monotonic ms. */
  startTimeline(frameZeroMonotonicMs: number): void;
  add(source: MixerSource): void;
  remove(sourceId: string): void;
  /**
   * The size of the tile a camera is shown in; undefined when it is in none, which saves its decoding. Pictures of a new
   * size come some 100 ms later, with a keyframe; until then `latest` goes on in the old one. Unknown ids are ignored.
   */
  requestSize(sourceId: string, size: TileSize | undefined): void;
  /** The newest video source of a participant that has a picture, else the newest, if any. @param content camera by default */
  videoOf(participantId: string, content?: VideoContent): VideoSource | undefined;
  /**
   * Adds `sampleCount` stereo samples of one participant's microphone or shared sound, starting at program sample
   * `firstSample` (48 kHz), to `target` (interleaved float, length 2 * sampleCount). Missing samples add nothing. Each span
   * is read once, in order.
   */
  mixAudioOf(
    participantId: string,
    content: AudioContent,
    target: Float32Array,
    firstSample: number,
    sampleCount: number,
  ): void;
  stats(): MixerStats['sources'];
  close(reason: string): Promise<void>;
}
