/** The last lines a child wrote to standard error: bounded in lines and in line length, safe on any bytes. */

export interface StderrRingOptions {
  /** Lines kept; the oldest goes first. Default 50. */
  readonly maxLines?: number;
  /** Characters kept of one line; the rest is dropped. Default 500. */
  readonly maxLineLength?: number;
}

export class StderrRing {
  readonly #maxLines: number;
  readonly #maxLineLength: number;
  readonly #lines: string[] = [];
  readonly #decoder = new TextDecoder();
  #partial = '';

  constructor(options: StderrRingOptions = {}) {
    this.#maxLines = options.maxLines ?? 50;
    this.#maxLineLength = options.maxLineLength ?? 500;
  }

  push(bytes: Uint8Array): void {
    const pieces = (this.#partial + this.#decoder.decode(bytes, { stream: true })).split(/\r\n|\n|\r/);
    this.#partial = (pieces.pop() ?? '').slice(0, this.#maxLineLength);
    for (const line of pieces) this.#keep(line);
  }

  /** Oldest first, with the line that is still being written. */
  lines(): readonly string[] {
    return this.#partial === '' ? [...this.#lines] : [...this.#lines, this.#partial];
  }

  #keep(line: string): void {
    if (line.trim() === '') return;
    this.#lines.push(line.slice(0, this.#maxLineLength));
    if (this.#lines.length > this.#maxLines) this.#lines.shift();
  }
}
