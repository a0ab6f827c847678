/** Which renditions of a program are recorded: the best picture that each run has, and the floor's sound. Pure. */
import { type RenditionSpec } from '../../hls/index.ts';

/**
 * A recording has one video and one audio track, under the ids of the program's largest size and first sound. While the
 * largest size is not encoded, the next one is recorded in its place: who watches later wants to see what happened,
 * smaller rather than not at all. Such a run has its own initialization segment, hence its own MP4 file.
 */
export class RecordedTracks {
  /** As the recording announces them. */
  readonly specs: readonly RenditionSpec[];
  readonly #video: readonly RenditionSpec[];
  #sourceOf = new Map<string, string>();

  /** @param renditions of the program, best first. */
  constructor(renditions: readonly RenditionSpec[]) {
    this.#video = renditions.filter(({ kind }) => kind === 'video');
    const audio = renditions.filter(({ kind }) => kind === 'audio');
    this.specs = [...this.#video.slice(0, 1), ...audio.slice(0, 1)];
    this.beginRun(renditions.map(({ renditionId }) => renditionId));
  }

  /** @param renditionIds what the run carries. */
  beginRun(renditionIds: readonly string[]): void {
    const best = this.#video.find(({ renditionId }) => renditionIds.includes(renditionId));
    this.#sourceOf = new Map(
      this.specs.map(({ kind, renditionId }) => [
        kind === 'video' && best !== undefined ? best.renditionId : renditionId,
        renditionId,
      ]),
    );
  }

  /** The track that what comes in this rendition belongs to; undefined when it is not recorded. */
  recordedIdOf(renditionId: string): string | undefined {
    return this.#sourceOf.get(renditionId);
  }
}
