/**
 * A camera behind a lossy path whose packets nothing repairs, in front of a real `VideoInput` on a fake clock: what is shown
 * when, and when keyframes were asked for. The decoder alone is modelled: it gives each picture 5 ms after it was fed.
 */
import { FakeClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { type PictureDecoder, VideoInput } from '../../../src/mixer/input/video-input.ts';
import { ParticipantTiming } from '../../../src/mixer/input/participant-timing.ts';
import { seededRandom } from '../seeded-random.ts';

export interface LossyCameraOptions {
  readonly seed: number;
  /** Of a keyframe; deltas have a twelfth. Packets leave one per ms. */
  readonly keyframePacketCount: number;
  /** From a request to the first packet that may answer it; the camera then still waits for its next picture. */
  readonly roundTripMs: number;
  readonly lossRatio: number;
  readonly lossFromMs: number;
  readonly lossUntilMs: number;
  readonly untilMs: number;
}

export interface LossyCameraResult {
  /** Ticks of the program at which another picture than before was shown. */
  readonly movedMs: readonly number[];
  readonly requestedMs: readonly number[];
  readonly lostPacketCount: number;
}

const frameMs = 1000 / 30;
const pumpMs = 5;
const decodeMs = 5;
const playoutDelayMs = 350;
/** Chromium makes no two keyframes within this time. */
const minKeyframeGapMs = 300;

interface Arriving {
  readonly atMs: number;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly hasMarker: boolean;
  readonly payload: Uint8Array;
}

export function playLossyCamera(options: LossyCameraOptions): LossyCameraResult {
  const clock = new FakeClock();
  const camera = new Camera(options);
  const fed: { readonly shownFromMs: number; readonly frame: Uint8Array }[] = [];
  const [movedMs, requestedMs]: [number[], number[]] = [[], []];
  const input = new VideoInput({
    clock,
    logger: silentLogger,
    source: {
      ...{ sourceId: 's', participantId: 'ann', kind: 'video', codec: 'VP8', content: 'camera' },
      ...{ ssrc: 1, payloadType: 96, clockRateHz: 90_000 },
    },
    ffmpegPath: 'not used',
    sandbox: undefined,
    playoutDelayMs,
    timing: new ParticipantTiming(playoutDelayMs),
    frameRate: 30,
    requestKeyframe: () => {
      requestedMs.push(clock.nowMs());
      camera.requestKeyframe(clock.nowMs());
    },
    createDecoder: () =>
      decoderThat((frame, dueMs) => fed.push({ frame, shownFromMs: Math.max(dueMs, clock.nowMs() + decodeMs) })),
  });
  let shown: Uint8Array | undefined;
  let nextTickMs = 0;
  for (let nowMs = 0; nowMs < options.untilMs; nowMs++) {
    clock.advance(1);
    for (const { atMs: _, ...packet } of camera.arriving(nowMs))
      input.receive({ payloadType: 96, ssrc: 1, ...packet }, clock.nowMs());
    if (nowMs % pumpMs === 0) input.pump(clock.nowMs());
    if (nowMs < nextTickMs) continue;
    nextTickMs += frameMs;
    while (fed.length > 1 && fed[1]!.shownFromMs <= nowMs) fed.shift();
    const next = fed[0] !== undefined && fed[0].shownFromMs <= nowMs ? fed[0].frame : undefined;
    if (next !== undefined && next !== shown) movedMs.push(nowMs);
    shown = next ?? shown;
  }
  return { movedMs, requestedMs, lostPacketCount: camera.lostPacketCount };
}

/** Takes every frame. */
function decoderThat(take: (frame: Uint8Array, dueMs: number) => void): PictureDecoder {
  return {
    ...{ decodedFrameCount: 0, restartCount: 0, misbehaviourCount: 0, lastPictureMs: -Infinity, pid: undefined },
    ...{ isStarted: true, awaitsKeyframe: false },
    requestSize: () => undefined,
    feed: (frame, _, dueMs) => {
      take(frame, dueMs);
      return true;
    },
    latest: () => undefined,
    close: () => Promise.resolve(),
  };
}

class Camera {
  readonly #options: LossyCameraOptions;
  readonly #random: () => number;
  #wire: Arriving[] = [];
  #frameCount = 0;
  #sequence = 60_000;
  #sentMs = 0;
  /** When the earliest unanswered request reaches the camera. */
  #askedMs = Infinity;
  #keyframeMs = -Infinity;
  lostPacketCount = 0;

  constructor(options: LossyCameraOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
  }

  requestKeyframe(nowMs: number): void {
    this.#askedMs = Math.min(this.#askedMs, nowMs + this.#options.roundTripMs / 2);
  }

  /** What reaches the mixer by now. */
  arriving(nowMs: number): Arriving[] {
    while (this.#frameCount * frameMs <= nowMs) this.#capture(this.#frameCount++ * frameMs);
    const count = this.#wire.findIndex(({ atMs }) => atMs > nowMs);
    return this.#wire.splice(0, count === -1 ? this.#wire.length : count);
  }

  #capture(captureMs: number): void {
    const { keyframePacketCount, roundTripMs, lossRatio, lossFromMs, lossUntilMs } = this.#options;
    const isKeyframe = this.#askedMs <= captureMs && captureMs - this.#keyframeMs >= minKeyframeGapMs;
    if (isKeyframe) [this.#askedMs, this.#keyframeMs] = [Infinity, captureMs];
    const count = isKeyframe ? keyframePacketCount : Math.max(1, Math.round(keyframePacketCount / 12));
    for (let part = 0; part < count; part++) {
      this.#sentMs = Math.max(this.#sentMs + 1, captureMs);
      const atMs = this.#sentMs + roundTripMs / 2;
      const sequenceNumber = this.#sequence++ & 0xffff;
      const isLost = atMs >= lossFromMs && atMs < lossUntilMs && this.#random() < lossRatio;
      if (isLost) {
        this.lostPacketCount++;
        continue;
      }
      const payload = part === 0 ? frameStart(isKeyframe) : Uint8Array.of(0, 0, 0);
      const timestamp = Math.round(captureMs * 90);
      this.#wire.push({ atMs, sequenceNumber, timestamp, hasMarker: part === count - 1, payload });
    }
  }
}

/** Payload descriptor (RFC 7741 4.2) and frame header (RFC 6386 9.1): all that anybody reads before a decoder does. */
function frameStart(isKeyframe: boolean): Uint8Array {
  return isKeyframe
    ? Uint8Array.of(0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 64, 1, 180, 0)
    : Uint8Array.of(0x10, 0x11, 0, 0);
}
