/** Answers requests for one program: playlists, parts, segments, inits. Waits where the protocol says wait. */
import { type Clock } from '../../core/clock.ts';
import { hlsError } from '../errors.ts';
import { type PublishedProgram } from '../published-program.ts';
import { type RenditionWindow } from '../packager/rendition-window.ts';
import { type Answer } from './answer.ts';
import { isHintedPart, isListed, isTooFarAhead, type WantedMedia } from './blocking-reload.ts';
import { blockingPlaylist, endedPlaylist, immutableMedia, plainPlaylist } from './cache-policy.ts';
import { parseDeliveryDirectives } from './delivery-directives.ts';
import { type HeldCount, HeldRequests, type HoldOutcome } from './held-requests.ts';
import { PlaylistCache, RenderedText } from './playlist-cache.ts';
import { type DeltaKind } from '../playlist/delta-update.ts';
import {
  positionOf,
  renderIFramePlaylist,
  renderMediaPlaylist,
  renderMultivariantPlaylist,
} from './playlist-source.ts';
import { type ClientEnd } from './hls-request.ts';
import { type HlsRoute } from './routes.ts';

/** One request, as far as answering it needs. */
export interface Asked {
  readonly query: string;
  readonly acceptsGzip: boolean;
  readonly clientKey: string;
  readonly client: ClientEnd;
}

type CaptionTexts = WeakMap<Uint8Array, RenderedText>;

export type RenditionRoute = Exclude<HlsRoute, { kind: 'multivariant' | 'auth' }>;

/** A request held longer than this many target durations gets 503 (rule 46). */
const maxHoldTargetDurations = 3;

export class ProgramOrigin {
  readonly program: PublishedProgram;
  readonly #held: HeldRequests;
  readonly #playlists = new PlaylistCache();
  /** By the bytes that the window keeps: gone when they are. */
  readonly #captionTexts: CaptionTexts = new WeakMap();
  readonly #endedRetentionSec: number;
  readonly #unsubscribe: () => void;

  constructor(options: { program: PublishedProgram; clock: Clock; heldCount: HeldCount; endedRetentionSec: number }) {
    this.program = options.program;
    this.#held = new HeldRequests(options.clock, options.heldCount);
    this.#endedRetentionSec = options.endedRetentionSec;
    this.#unsubscribe = this.program.events.on('changed', () => this.#held.reevaluate());
  }

  /** Lets all held requests go with 404. */
  close(): void {
    this.#unsubscribe();
    this.#held.close();
  }

  /** @throws HLS_NOT_READY */
  multivariant({ acceptsGzip }: Asked): Answer {
    this.#assertReady();
    const { version, timing } = this.program;
    const playlist = this.#playlists.get('multivariant', version, () => renderMultivariantPlaylist(this.program));
    return playlistAnswer(playlist, acceptsGzip, plainPlaylist(timing.targetDurationSec));
  }

  /** @throws HLS_NOT_FOUND, HLS_NOT_READY, HLS_DIRECTIVE_INVALID, HLS_MSN_TOO_FAR, HLS_HOLD_TIMEOUT, HLS_TOO_MANY_HELD */
  async answer(route: RenditionRoute, asked: Asked): Promise<Answer | undefined> {
    const window = this.program.window(route.renditionId);
    if (window === undefined) throw hlsError('HLS_NOT_FOUND');
    if (route.kind === 'mediaPlaylist') return this.#mediaPlaylist(route.renditionId, window, asked);
    if (route.kind === 'iFramePlaylist') return this.#iFramePlaylist(route.renditionId, window, asked);
    if (this.program.isCaptions(route.renditionId) !== (route.kind === 'captions')) throw hlsError('HLS_NOT_FOUND');
    if (route.kind === 'captions') return captionsAnswer(this.#captionTexts, window, route, asked);
    if (route.kind === 'part') return this.#part(route, window, asked);
    const mime = this.#mimeOf(route.renditionId);
    if (route.kind === 'init') {
      const init = window.init(route.runIndex);
      return mediaAnswer(`i${route.runIndex}`, mime, init === undefined ? undefined : [init]);
    }
    const segment = window.segment(route.mediaSequenceNumber);
    const isThere = segment !== undefined && !segment.isGap;
    const body = isThere ? await this.program.segmentBytes(route.renditionId, segment) : undefined;
    return mediaAnswer(`s${route.mediaSequenceNumber}`, mime, body);
  }

  #mediaPlaylist(renditionId: string, window: RenditionWindow, asked: Asked): Promise<Answer | undefined> {
    const render = (delta: DeltaKind) => renderMediaPlaylist(this.program, renditionId, window, delta);
    return this.#playlist(renditionId, window, asked, { key: renditionId, render });
  }

  async #iFramePlaylist(renditionId: string, window: RenditionWindow, asked: Asked): Promise<Answer | undefined> {
    if (this.program.iFrameRendition.renditionId !== renditionId) throw hlsError('HLS_NOT_FOUND');
    const render = (delta: DeltaKind) => renderIFramePlaylist(this.program, window, delta);
    return this.#playlist(renditionId, window, asked, { key: `${renditionId}/iframes`, render });
  }

  async #playlist(
    renditionId: string,
    window: RenditionWindow,
    asked: Asked,
    { key, render }: { readonly key: string; readonly render: (delta: DeltaKind) => string },
  ): Promise<Answer | undefined> {
    const { program } = this;
    this.#assertReady();
    // Behind ENDLIST all directives are ignored, those that make no sense included (rule 42).
    const { delta, ...directives } = parseDeliveryDirectives(program.isEnded ? '' : asked.query);
    const canBlock = program.timing.arePartsListed;
    const wanted = canBlock && directives.mediaSequenceNumber !== undefined ? (directives as WantedMedia) : undefined;
    if (wanted !== undefined && !(await this.#waitForListed(renditionId, window, wanted, asked))) return undefined;
    const playlist = this.#playlists.get(`${key}/${delta}`, program.version, () => render(delta));
    const { targetDurationSec } = program.timing;
    const live = wanted === undefined ? plainPlaylist(targetDurationSec) : blockingPlaylist(targetDurationSec);
    return playlistAnswer(playlist, asked.acceptsGzip, program.isEnded ? endedPlaylist(this.#endedRetentionSec) : live);
  }

  /** False when the client left. */
  async #waitForListed(
    renditionId: string,
    window: RenditionWindow,
    wanted: WantedMedia,
    asked: Asked,
  ): Promise<boolean> {
    const { program } = this;
    // Captions have no parts, but a player that asks for one (rendition reports of other renditions have them) gets its
    // answer when that part is there elsewhere.
    const positioned = program.isCaptions(renditionId) ? program.reference : window;
    const isReady = () => program.isEnded || isListed(wanted, positionOf(program, positioned));
    if (isReady()) return true;
    if (isTooFarAhead(wanted, positionOf(program, positioned)))
      throw hlsError('HLS_MSN_TOO_FAR', { details: { ...wanted } });
    const key = `${renditionId}?${wanted.mediaSequenceNumber}.${wanted.partIndex ?? ''}`;
    return this.#hold(key, isReady, asked);
  }

  async #part(
    route: Extract<RenditionRoute, { kind: 'part' }>,
    window: RenditionWindow,
    asked: Asked,
  ): Promise<Answer | undefined> {
    const { program } = this;
    const { mediaSequenceNumber, partIndex, renditionId } = route;
    const read = () => window.part(mediaSequenceNumber, partIndex);
    const isHinted = () => !program.isEnded && isHintedPart(route, positionOf(program, window));
    if (read() === undefined && program.timing.arePartsListed && isHinted()) {
      // The segment may close early instead: then the hint was wrong and the part is missing for good.
      const isReady = () => read() !== undefined || !isHinted();
      const key = `${renditionId}/${mediaSequenceNumber}.${partIndex}`;
      if (!(await this.#hold(key, isReady, asked))) return undefined;
    }
    const part = read();
    const isGap = part?.bytes.length === 0;
    const name = `p${mediaSequenceNumber}.${partIndex}`;
    return mediaAnswer(name, this.#mimeOf(renditionId), part === undefined || isGap ? undefined : [part.bytes]);
  }

  /** False when the client left; throws when the time or the program ran out. */
  async #hold(key: string, isReady: () => boolean, { clientKey, client }: Asked): Promise<boolean> {
    const deadlineMs = 1000 * maxHoldTargetDurations * this.program.timing.targetDurationSec;
    let outcome: HoldOutcome;
    let leave: () => void = () => undefined;
    const onClose = () => leave();
    client.once('close', onClose);
    try {
      outcome = await this.#held.hold({ key, clientKey, deadlineMs, isReady }, (given) => (leave = given));
    } finally {
      client.off('close', onClose);
    }
    if (outcome === 'timedOut') throw hlsError('HLS_HOLD_TIMEOUT');
    if (outcome === 'ready') return true;
    if (client.destroyed) return false;
    throw hlsError('HLS_NOT_FOUND');
  }

  #assertReady(): void {
    if (this.program.isReady) return;
    // Ended before anything was published: there will never be anything.
    throw hlsError(this.program.isEnded ? 'HLS_NOT_FOUND' : 'HLS_NOT_READY');
  }

  #mimeOf(renditionId: string): string {
    const rendition = this.program.renditions.find((candidate) => candidate.renditionId === renditionId);
    return rendition?.kind === 'audio' ? 'audio/mp4' : 'video/mp4';
  }
}

function playlistAnswer(playlist: RenderedText, acceptsGzip: boolean, cacheControl: string): Answer {
  return textAnswer(playlist, acceptsGzip, 'application/vnd.apple.mpegurl', cacheControl);
}

function textAnswer(text: RenderedText, acceptsGzip: boolean, mime: string, cacheControl: string): Answer {
  const encoded = acceptsGzip ? text.gzipped : text.plain;
  return {
    status: 200,
    headers: {
      'Content-Type': mime,
      'Cache-Control': cacheControl,
      ETag: encoded.etag,
      Vary: 'Accept-Encoding',
      ...(acceptsGzip ? { 'Content-Encoding': 'gzip' } : {}),
    },
    body: [encoded.bytes],
  };
}

/** @throws HLS_NOT_FOUND */
function captionsAnswer(
  texts: CaptionTexts,
  window: RenditionWindow,
  { mediaSequenceNumber }: Extract<RenditionRoute, { kind: 'captions' }>,
  { acceptsGzip }: Asked,
): Answer {
  const bytes = window.segment(mediaSequenceNumber)?.parts[0]?.bytes;
  if (bytes === undefined) throw hlsError('HLS_NOT_FOUND');
  const text = texts.get(bytes) ?? new RenderedText(bytes);
  texts.set(bytes, text);
  return textAnswer(text, acceptsGzip, 'text/vtt; charset=utf-8', immutableMedia);
}

/** @throws HLS_NOT_FOUND without a body */
function mediaAnswer(name: string, mime: string, body: readonly Uint8Array[] | undefined): Answer {
  if (body === undefined) throw hlsError('HLS_NOT_FOUND');
  const sizeBytes = body.reduce((sum, bytes) => sum + bytes.length, 0);
  return {
    status: 200,
    headers: {
      'Content-Type': mime,
      'Cache-Control': immutableMedia,
      ETag: `"${name}-${sizeBytes.toString(36)}"`,
      'Accept-Ranges': 'bytes',
    },
    body,
  };
}
