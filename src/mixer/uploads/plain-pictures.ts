/** Turns uploaded pictures into plain ones: decoded once, in the decoders' sandbox; only pixels leave it. */
import { type Clock } from '../../core/clock.ts';
import { type Logger } from '../../core/logger.ts';
import { SerialQueue } from '../../core/serial-queue.ts';
import { mixerError } from '../errors.ts';
import { FfmpegChild } from '../ffmpeg/child.ts';
import { type Sandbox } from '../ffmpeg/sandbox.ts';
import { inspectImage } from '../furniture/inspect-image.ts';
import { type CanvasSize } from '../layout/geometry.ts';
import { exifOrientation } from './exif-orientation.ts';
import { pictureInputFd, pictureOutputFd, type PicturePart, picturePlan } from './picture-command.ts';
import { writePng } from './write-png.ts';

/** From a whole upload to its pixels; then the decoder is ended. */
const pictureDeadlineMs = 8000;
/** Pictures that are in work or wait; more are refused. */
const maxPictures = 4;

export interface PlainPicturesOptions {
  readonly canvas: CanvasSize;
  readonly ffmpegPath: string;
  readonly sandbox: Sandbox;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class PlainPictures {
  readonly #options: PlainPicturesOptions;
  /** One decoder at a time: a live event has the first call on the machine. */
  readonly #queue = new SerialQueue();
  #pictureCount = 0;

  constructor(options: PlainPicturesOptions) {
    this.#options = options;
  }

  /**
   * A PNG that we wrote ourselves, in the size it can be shown in; upright, without metadata; of an APNG the first picture.
   * @throws MIXER_IMAGE_TOO_LARGE, MIXER_IMAGE_INVALID, MIXER_IMAGE_BUSY, FFMPEG_SPAWN_FAILED
   */
  async make(part: PicturePart, bytes: Uint8Array): Promise<Uint8Array> {
    const header = inspectImage(bytes);
    if (this.#pictureCount >= maxPictures) throw mixerError('MIXER_IMAGE_BUSY', { details: { maxPictures } });
    this.#pictureCount++;
    try {
      const plan = picturePlan(part, header, exifOrientation(bytes), this.#options.canvas);
      const byteCount = plan.width * plan.height * plan.bytesPerPixel;
      const data = await this.#queue.run(() => this.#decode(plan.args, bytes, byteCount));
      return writePng({ ...plan, data });
    } finally {
      this.#pictureCount--;
    }
  }

  async #decode(args: readonly string[], bytes: Uint8Array, byteCount: number): Promise<Uint8Array> {
    const { clock, logger, ffmpegPath, sandbox } = this.#options;
    const child = new FfmpegChild({
      ...{ clock, logger, ffmpegPath, sandbox, args },
      inputFds: [pictureInputFd],
      outputFds: [pictureOutputFd],
    });
    const pieces: Buffer[] = [];
    let receivedCount = 0;
    if (child.pid !== undefined) {
      child.output(pictureOutputFd).on('data', (piece: Buffer) => {
        receivedCount += piece.length;
        if (receivedCount <= byteCount) pieces.push(piece);
        else void child.kill();
      });
      child.input(pictureInputFd).end(bytes);
    }
    const { code, signal, spawnError, stderrTail } = await child.stop(pictureDeadlineMs);
    if (spawnError !== undefined) throw spawnError;
    if (code === 0 && receivedCount === byteCount) return Buffer.concat(pieces);
    logger.warn({ code, signal, receivedCount, byteCount, stderrTail }, 'an uploaded picture cannot be decoded');
    throw mixerError('MIXER_IMAGE_INVALID');
  }
}
