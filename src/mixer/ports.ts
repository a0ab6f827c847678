/** The mixer's contract with the world: commands in, events out, over its process's message channel. */
import { type Sandbox } from './ffmpeg/sandbox.ts';
import { type MixerBranding, type SceneChoice } from './branding.ts';

/** One rung of the ladder: the program picture in one size. Sides are even and keep the shape of the canvas. */
export interface MixerVideoRendition {
  readonly renditionId: string;
  readonly width: number;
  readonly height: number;
  /** Ceiling of the average over one second. */
  readonly bitsPerSec: number;
}

/** One sound track of the program. */
export interface MixerAudioRendition {
  readonly renditionId: string;
  readonly bitsPerSec: number;
  /** What is heard on it: `main` is the floor, every other one an interpreted language. */
  readonly channelId: string;
  /** BCP 47; absent when the language is not known. */
  readonly languageTag?: string;
  /** As viewers choose it. */
  readonly name?: string;
}

import { type AppliedLayout, type LayoutRequest } from './layout-contract.ts';

/** How one program is produced. Index, start and rungs are those of the process's first run; `beginRun` places later ones. */
export interface MixerRunOptions {
  readonly webinarId: string;
  readonly runIndex: number;
  /** Media time of frame 0 in seconds (>= 10: FFmpeg's AAC priming must not underflow); on the frame grid. */
  readonly startTimeSec: number;
  readonly title: string;
  readonly canvas: { readonly width: number; readonly height: number; readonly frameRate: number };
  /** Largest first, at least one; all of them have the frame rate and the keyframes in common. */
  readonly video: readonly MixerVideoRendition[];
  /** At least one, `main` first; ids of renditions and of channels are unique. */
  readonly audio: readonly MixerAudioRendition[];
  /** Frames from keyframe to keyframe. */
  readonly gopFrameCount: number;
  /** Address the RTP socket binds to. */
  readonly rtpListenIp: string;
  /** Capture-to-program delay in ms, the same for every source; jitter and one retransmission must fit. */
  readonly playoutDelayMs: number;
  readonly ffmpegPath: string;
  /** What decoders are shut in; nothing by default. */
  readonly decoderSandbox?: Sandbox;
}

/** One RTP stream that the SFU sends to the mixer's socket; told apart by SSRC. */
export interface MixerSource {
  /** The SFU's consumer id; never reused. */
  readonly sourceId: string;
  readonly participantId: string;
  readonly kind: 'audio' | 'video';
  readonly codec: 'VP8' | 'H264' | 'opus';
  readonly ssrc: number;
  readonly payloadType: number;
  readonly clockRateHz: number;
  /** What it shows or sounds like; `camera` and `screen` are video, the others audio. */
  readonly content: 'camera' | 'screen' | 'microphone' | 'screenAudio';
}

/** Who is on stage, whatever they send. Array order is join order. */
export interface MixerParticipant {
  readonly participantId: string;
  readonly displayName: string;
  /** Role or company, shown under the name where there is room. */
  readonly title?: string | undefined;
  /** From signaling, not from packets: a muted participant contributes exact zeros. */
  readonly isMicrophoneOn: boolean;
  /** False shows the avatar tile. */
  readonly isCameraOn: boolean;
  /**
   * An interpreter's: heard on this language channel only, and not shown. Absent or `main` is the floor. Somebody of a
   * channel that the run does not carry is not heard at all: two languages at once on the floor would be worse.
   */
  readonly audioChannelId?: string | undefined;
  /** False takes a shared screen off the program; absent means that it is shown while there is a source of it. */
  readonly isScreenOn?: boolean | undefined;
}

export type MixerCommand =
  | { readonly type: 'start'; readonly options: MixerRunOptions }
  | SceneCommand
  /** The answer to `runEnded`: where the next encoder goes on. Sources, stage, sound and clock have gone on meanwhile. */
  | { readonly type: 'beginRun'; readonly runIndex: number; readonly startTimeSec: number }
  /** What this run's encoder writes is of no use: put another one in place. Ignored when it is not the one that runs. */
  | { readonly type: 'endRun'; readonly runIndex: number; readonly cause: string }
  /** Flush the encoder, emit everything, then `stopped`. */
  | { readonly type: 'stop' };

/** Changes what is seen and heard. */
export type SceneCommand =
  | { readonly type: 'addSource'; readonly source: MixerSource }
  | { readonly type: 'removeSource'; readonly sourceId: string }
  | { readonly type: 'setParticipants'; readonly participants: readonly MixerParticipant[] }
  /** Dominant speaker as the SFU hears it; null when nobody speaks. Hysteresis is the mixer's. */
  | { readonly type: 'setSpeaker'; readonly participantId: string | null }
  /** Answered by `layoutApplied` with the same `requestId`, within a second, also when nothing changes by it. */
  | { readonly type: 'setLayout'; readonly requestId: string; readonly layout: LayoutRequest }
  /** Replaces the whole look; what the new one lacks is as by default. Answered by `brandingApplied`. */
  | { readonly type: 'setBranding'; readonly branding: MixerBranding }
  /** The stage, or a slate during which nobody is seen or heard. Answered by `sceneApplied`. */
  | { readonly type: 'setScene'; readonly scene: SceneChoice; readonly crossfade?: boolean | undefined };

export type MixerEvent =
  /** Sign of life: when the process is up, then several times a second for all its life, whatever its encoder does. */
  | { readonly type: 'alive' }
  /** The RTP socket is bound: the SFU may send now. */
  | { readonly type: 'listening'; readonly rtpPort: number }
  | {
      readonly type: 'runStarted';
      readonly runIndex: number;
      readonly startTimeSec: number;
      readonly frameZeroWallMs: number;
      /** What this run carries: all renditions of the program, or fewer when the machine cannot encode them all. */
      readonly renditionIds: readonly string[];
    }
  /**
   * This encoder is gone or was taken away (`cause`: an error code); every fragment of it was emitted before. Asks for
   * `beginRun`; no fragment comes until then.
   */
  | { readonly type: 'runEnded'; readonly runIndex: number; readonly cause: string }
  /** ftyp + moov of one rendition. */
  | { readonly type: 'init'; readonly renditionId: string; readonly bytes: Uint8Array }
  /** One moof + mdat as FFmpeg wrote it (one frame each). */
  | { readonly type: 'fragment'; readonly renditionId: string; readonly bytes: Uint8Array }
  /** Ask the SFU for a keyframe of this source (already throttled). */
  | { readonly type: 'keyframeNeeded'; readonly sourceId: string }
  /** A camera is wanted in another size in pixels, null when it is in no tile: ask the SFU for the layer that fits. */
  | {
      readonly type: 'tileSizeChanged';
      readonly sourceId: string;
      readonly size: { readonly width: number; readonly height: number } | null;
    }
  /** Who is in the large tile since when (wall ms); null for nobody. Feeds the speaker timeline. */
  | {
      readonly type: 'spotlightChanged';
      readonly participantId: string | null;
      readonly atWallMs: number;
      /** Of the run: the first that shows it. */
      readonly frameIndex: number;
      /** Of the run: the one at which it was decided; it then waited for a picture large enough. */
      readonly decidedFrameIndex: number;
    }
  /** What is shown where has changed, by `setLayout` or by itself. Sent with the frame that shows it. */
  | ({ readonly type: 'layoutApplied' } & AppliedLayout)
  /** The look of the last `setBranding` is shown from this frame of the run on; parts named in `problems` are left out; `look` is all of it. */
  | {
      readonly type: 'brandingApplied';
      readonly frameIndex: number;
      readonly problems: readonly {
        readonly part: 'logo' | 'background' | 'look';
        readonly code: string;
        readonly message: string;
      }[];
    }
  /** The scene of the last `setScene` is shown from this frame of the run on. */
  | {
      readonly type: 'sceneApplied';
      readonly kind: SceneChoice['kind'];
      readonly frameIndex: number;
      readonly mediaTimeSec: number;
      readonly atWallMs: number;
    }
  | { readonly type: 'stats'; readonly stats: MixerStats }
  /** The program is over: every fragment was emitted before it. */
  | { readonly type: 'stopped'; readonly reason: string }
  /** The program cannot go on in this process, which exits after it. */
  | { readonly type: 'failed'; readonly code: string; readonly message: string };

export interface MixerStats {
  readonly frameCount: number;
  /** Of these: more than 10 ms late. */
  readonly lateTickCount: number;
  /** Of all ticks so far. */
  readonly tickLatenessMs: { readonly p99: number; readonly max: number };
  /** Frames that showed the one before because the encoder lagged. */
  readonly repeatedFrameCount: number;
  /** Frames handed to the encoder that have not come out; two or three in good health. */
  readonly encoderBacklogFrameCount?: number;
  readonly sources: readonly {
    readonly sourceId: string;
    readonly kind: MixerSource['kind'];
    readonly packetCount: number;
    readonly lostPacketCount: number;
    /** Arrived after the time at which they should have been played. */
    readonly latePacketCount?: number;
    /** Capture time is known from Sender Reports; before that it is guessed from arrivals. */
    readonly isCaptureTimed?: boolean;
    /** Media held: from what is played now to what came last. It stays below the playout delay, whatever the sender's clock does. */
    readonly bufferedMs?: number;
    readonly decodedFrameCount: number;
    readonly keyframeRequestCount: number;
    readonly decoderRestartCount: number;
    /** Of those restarts: killed for hanging, flooding or computing without end. */
    readonly decoderMisbehaviourCount?: number;
  }[];
}
