/** Each playlist state as bytes, rendered and compressed once however many ask for it (one state kept per playlist). */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

export interface Encoded {
  readonly bytes: Buffer;
  /** Strong, one per encoding. */
  readonly etag: string;
}

export class RenderedText {
  readonly plain: Encoded;
  #gzipped: Encoded | undefined;

  constructor(text: string | Uint8Array) {
    const bytes = Buffer.from(text);
    this.plain = { bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"` };
  }

  get gzipped(): Encoded {
    this.#gzipped ??= { bytes: gzipSync(this.plain.bytes), etag: this.plain.etag.replace(/"$/, '-gz"') };
    return this.#gzipped;
  }
}

export class PlaylistCache {
  readonly #entries = new Map<string, { version: number; playlist: RenderedText }>();

  /** The playlist `key` at `version`; `render` is called only when the kept one is of another version. */
  get(key: string, version: number, render: () => string): RenderedText {
    const kept = this.#entries.get(key);
    if (kept?.version === version) return kept.playlist;
    const playlist = new RenderedText(render());
    this.#entries.set(key, { version, playlist });
    return playlist;
  }
}
