/** One MediaStream per remote peer and one per shared screen, kept for as long as it has a track, so that tiles do not flicker. */
import { Store } from '../lib/store.ts';
import { type RemoteProducer } from './recv-side.ts';
import { streamIdOf } from './roster.ts';

export class PeerStreams {
  /** Stream id (`streamIdOf`) -> stream; a new map after every change. */
  readonly streams = new Store<ReadonlyMap<string, MediaStream>>(new Map());
  readonly #tracks = new Map<string, MediaStreamTrack>();

  add(producer: RemoteProducer, track: MediaStreamTrack): void {
    const streamId = streamIdOf(producer);
    this.#tracks.set(producer.producerId, track);
    const stream = this.streams.value.get(streamId) ?? new MediaStream();
    stream.addTrack(track);
    this.streams.set(new Map(this.streams.value).set(streamId, stream));
  }

  remove(producer: RemoteProducer): void {
    const streamId = streamIdOf(producer);
    const track = this.#tracks.get(producer.producerId);
    const stream = this.streams.value.get(streamId);
    this.#tracks.delete(producer.producerId);
    if (track === undefined || stream === undefined) return;
    stream.removeTrack(track);
    const next = new Map(this.streams.value);
    if (stream.getTracks().length === 0) next.delete(streamId);
    this.streams.set(next);
  }
}
