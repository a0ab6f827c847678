/** One MediaStream per remote peer, kept for as long as the peer has a track, so that tiles do not flicker. */
import { Store } from '../lib/store.ts';
import { type RemoteProducer } from './recv-side.ts';

export class PeerStreams {
  /** Peer id -> stream; a new map after every change. */
  readonly streams = new Store<ReadonlyMap<string, MediaStream>>(new Map());
  readonly #tracks = new Map<string, MediaStreamTrack>();

  add({ peerId, producerId }: RemoteProducer, track: MediaStreamTrack): void {
    this.#tracks.set(producerId, track);
    const stream = this.streams.value.get(peerId) ?? new MediaStream();
    stream.addTrack(track);
    this.streams.set(new Map(this.streams.value).set(peerId, stream));
  }

  remove({ peerId, producerId }: RemoteProducer): void {
    const track = this.#tracks.get(producerId);
    const stream = this.streams.value.get(peerId);
    this.#tracks.delete(producerId);
    if (track === undefined || stream === undefined) return;
    stream.removeTrack(track);
    const next = new Map(this.streams.value);
    if (stream.getTracks().length === 0) next.delete(peerId);
    this.streams.set(next);
  }
}
