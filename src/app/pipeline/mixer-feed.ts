/** The way of media from the SFU to the mixer that runs now: attached anew for each mixer process. */
import { toRostrumError } from '../../core/errors.ts';
import { type Logger } from '../../core/logger.ts';
import { type MixerSource, type MixerSupervisor } from '../../mixer/index.ts';
import { type ProgramAttachment, type ProgramFeed, type SfuCascade } from '../../sfu-cascade/index.ts';

export class MixerFeed {
  readonly #webinarId: string;
  readonly #sfu: SfuCascade;
  readonly #mixer: MixerSupervisor;
  readonly #logger: Logger;
  #attachment: Promise<ProgramAttachment> | undefined;

  constructor(options: { webinarId: string; sfu: SfuCascade; mixer: MixerSupervisor; logger: Logger }) {
    this.#webinarId = options.webinarId;
    this.#sfu = options.sfu;
    this.#mixer = options.mixer;
    this.#logger = options.logger;
  }

  /** Sends everything to the mixer's socket, from now on. */
  attach(receiver: { ip: string; port: number }): void {
    this.detach();
    const attachment = this.#sfu.attachProgram({
      webinarId: this.#webinarId,
      receiver,
      listener: {
        feedAdded: (feed) => {
          if (this.#attachment === attachment) this.#add(feed);
        },
        feedRemoved: (sourceId) => {
          if (this.#attachment === attachment) this.#mixer.send({ type: 'removeSource', sourceId });
        },
      },
    });
    this.#attachment = attachment;
    attachment.catch((error: unknown) => this.#logger.error({ error }, 'program could not be attached to the SFU'));
  }

  detach(): void {
    const attachment = this.#attachment;
    this.#attachment = undefined;
    // One that failed has nothing to detach; its failure is logged where it was made.
    attachment?.then(
      (attached) => attached.detach(),
      () => undefined,
    );
  }

  requestKeyframe(sourceId: string): void {
    this.#on('keyframe', (attachment) => attachment.requestKeyframe(sourceId));
  }

  setTileHeight(sourceId: string, heightPx: number | null): void {
    this.#on('tile height', (attachment) => attachment.setFeedTileHeight(sourceId, heightPx));
  }

  close(): void {
    this.detach();
  }

  #add(feed: ProgramFeed): void {
    const codec = mixerCodec(feed.mimeType);
    if (codec === undefined) {
      this.#logger.error({ mimeType: feed.mimeType }, 'the mixer cannot decode this codec');
      return;
    }
    // The mixer has to know the SSRC before the first packet comes, else the first keyframe is lost.
    this.#mixer.send({
      type: 'addSource',
      source: {
        sourceId: feed.consumerId,
        participantId: feed.peerId,
        kind: feed.kind,
        codec,
        ssrc: feed.ssrc,
        payloadType: feed.payloadType,
        clockRateHz: feed.clockRateHz,
        content: feed.source,
      },
    });
    this.#on('resume', (attachment) => attachment.resumeFeed(feed.consumerId));
  }

  #on(what: string, operation: (attachment: ProgramAttachment) => Promise<void>): void {
    this.#attachment?.then(operation).catch((thrown: unknown) => {
      const error = toRostrumError(thrown);
      // The panelist may have left meanwhile: then there is nothing to ask for.
      if (error.code !== 'SFU_NOT_FOUND')
        this.#logger.warn({ what, code: error.code, error: thrown }, 'feed request failed');
    });
  }
}

function mixerCodec(mimeType: string): MixerSource['codec'] | undefined {
  const codecs: Readonly<Record<string, MixerSource['codec']>> = {
    'video/vp8': 'VP8',
    'video/h264': 'H264',
    'audio/opus': 'opus',
  };
  return codecs[mimeType.toLowerCase()];
}
