/** The one encoder process of a run: raw frames and samples in, CMAF fragments out, watched for silence. */
import { type Clock } from '../../core/clock.ts';
import { type RostrumError } from '../../core/errors.ts';
import { type Logger } from '../../core/logger.ts';
import { CmafStreamSplitter, type CmafUnit, delayFragment } from '../../media/fmp4/index.ts';
import { audioTimescaleHz, secToTicks, videoTimescaleHz } from '../../media/timebase.ts';
import { mixerError } from '../errors.ts';
import { type FfmpegExit, FfmpegChild } from './child.ts';
import { encoderArguments, type EncodedProgram, type EncoderPipes, encoderPipes } from './encoder-command.ts';

export interface EncoderOptions {
  readonly run: EncodedProgram & { readonly ffmpegPath: string };
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onUnit: (renditionId: string, unit: CmafUnit) => void;
  /** Called at most once, and not after `stop`. */
  readonly onFailed: (error: RostrumError) => void;
}

/**
 * Longest silence of any output while frames go in, in turns of the watch; the first output may take twice as
 * long. Turns rather than time: when the mixer itself was blocked, the watch fires once and what the encoder wrote
 * meanwhile is read before the next turn.
 */
const maxSilentTurnCount = 4;
const watchPeriodMs = 500;
/** What the encoder gets to write what it still holds; with the signals after it, 10 s in all. */
const flushDeadlineMs = 7000;

interface OutputTrack {
  readonly renditionId: string;
  readonly fd: number;
  readonly timescaleHz: number;
  readonly splitter: CmafStreamSplitter;
  fragmentCount: number;
  silentTurnCount: number;
}

export class Encoder {
  readonly #options: EncoderOptions;
  readonly #child: FfmpegChild;
  readonly #pipes: EncoderPipes;
  readonly #video: readonly OutputTrack[];
  readonly #audio: readonly OutputTrack[];
  readonly #watch: { cancel(): void };
  #submittedFrameCount = 0;
  /** Later than the place that FFmpeg was told, seconds. */
  #delaySec = 0;
  #isOver = false;

  constructor(options: EncoderOptions) {
    const { run, clock, logger } = options;
    this.#options = options;
    this.#pipes = encoderPipes(run);
    const { videoIn, audioIn, videoOut, audioOut } = this.#pipes;
    this.#child = new FfmpegChild({
      clock,
      logger,
      ffmpegPath: run.ffmpegPath,
      args: encoderArguments(run),
      inputFds: [videoIn, ...audioIn],
      outputFds: [...videoOut, ...audioOut],
    });
    this.#video = run.video.map(({ renditionId }, index) =>
      this.#track(renditionId, videoOut[index]!, videoTimescaleHz),
    );
    this.#audio = run.audio.map(({ renditionId }, index) =>
      this.#track(renditionId, audioOut[index]!, audioTimescaleHz),
    );
    this.#watch = clock.repeat(watchPeriodMs, () => this.#checkSilence());
    void this.#child.exited.then((exit) => this.#onExited(exit));
    if (this.#child.pid === undefined) return;
    for (const track of this.#tracks) this.#read(track);
  }

  /** Undefined when FFmpeg could not be started; `onFailed` tells. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Of the frames handed over, how many have come out in every size. */
  get encodedFrameCount(): number {
    return Math.min(...this.#video.map(({ fragmentCount }) => fragmentCount));
  }

  /**
   * The media time of frame 0, for an encoder that was started before its place was known. To be called before the
   * first frame; on the frame grid, like the place in the options.
   */
  moveTo(startTimeSec: number): void {
    this.#delaySec = startTimeSec - this.#options.run.startTimeSec;
  }

  /**
   * Hands over one frame and its sound; never waits. The caller bounds what is queued by `encodedFrameCount`.
   * @param sounds interleaved s16le stereo of each audio rendition, in the order of the options.
   * @param onFrameWritten called once, when `frame` may be written into again.
   */
  submit(frame: Uint8Array, sounds: readonly Uint8Array[], onFrameWritten: () => void): void {
    if (this.#isOver || this.#child.isGone || this.#child.pid === undefined) {
      onFrameWritten();
      return;
    }
    this.#submittedFrameCount++;
    // All pipes in the same breath: FFmpeg may be waiting for any of them.
    this.#child.input(this.#pipes.videoIn).write(frame, () => onFrameWritten());
    this.#pipes.audioIn.forEach((fd, index) => this.#child.input(fd).write(sounds[index]!));
  }

  /** Closes both inputs and resolves when every fragment was given out and the process is gone. Idempotent. */
  async stop(): Promise<FfmpegExit> {
    this.#end();
    return this.#child.stop(flushDeadlineMs);
  }

  /** Ends it at once, for a run that failed. */
  async kill(): Promise<void> {
    this.#end();
    await this.#child.kill();
  }

  get #tracks(): readonly OutputTrack[] {
    return [...this.#video, ...this.#audio];
  }

  #track(renditionId: string, fd: number, timescaleHz: number): OutputTrack {
    // The first output waits for process start and for x264's and AAC's first frames.
    const silentTurnCount = -maxSilentTurnCount;
    return { renditionId, fd, timescaleHz, splitter: new CmafStreamSplitter(), fragmentCount: 0, silentTurnCount };
  }

  #read(track: OutputTrack): void {
    this.#child.output(track.fd).on('data', (bytes: Uint8Array) => {
      track.silentTurnCount = 0;
      try {
        for (const unit of track.splitter.push(bytes)) {
          if (unit.type === 'fragment') {
            track.fragmentCount++;
            if (this.#delaySec !== 0) delayFragment(unit.bytes, secToTicks(this.#delaySec, track.timescaleHz));
          }
          this.#options.onUnit(track.renditionId, unit);
        }
      } catch (cause) {
        this.#fail(mixerError('MIXER_ENCODER_OUTPUT_INVALID', { cause, details: { renditionId: track.renditionId } }));
      }
    });
  }

  #checkSilence(): void {
    if (this.#submittedFrameCount === 0) return;
    const silent = this.#tracks.filter((track) => ++track.silentTurnCount > maxSilentTurnCount);
    if (silent.length === 0) return;
    const renditionIds = silent.map((track) => track.renditionId);
    this.#fail(mixerError('MIXER_ENCODER_STALLED', { details: { renditionIds, stderr: this.#child.stderrTail() } }));
  }

  #onExited({ code, signal, spawnError, stderrTail }: FfmpegExit): void {
    this.#fail(mixerError('MIXER_ENCODER_DIED', { cause: spawnError, details: { code, signal, stderr: stderrTail } }));
  }

  #fail(error: RostrumError): void {
    if (this.#isOver) return;
    this.#end();
    this.#options.onFailed(error);
  }

  #end(): void {
    this.#isOver = true;
    this.#watch.cancel();
  }
}
