/** Tells other processes of all programs that are packaged here, so that they can serve them too. */
import { type Program } from '../packager/program.ts';
import { type FeedFrame } from './feed-frames.ts';

/** Must return at once; frames share their bytes with the programs. */
export type FeedListener = (frame: FeedFrame) => void;

export class OriginFeed {
  readonly #programs = new Set<Program>();
  readonly #listeners = new Set<FeedListener>();

  /** From now on until its bytes are dropped. */
  follow(program: Program): void {
    if (program.isClosed) return;
    const { sessionId } = program;
    this.#programs.add(program);
    this.#tell({ kind: 'program', program: program.journal.snapshot() });
    const off = program.journal.listen((changes, published) =>
      this.#tell({ kind: 'changes', sessionId, changes, published }),
    );
    program.events.once('closed', () => {
      off();
      this.#programs.delete(program);
      this.#tell({ kind: 'removed', sessionId });
    });
  }

  /** Tells everything that there is, then everything that happens. @returns the function that ends it */
  subscribe(listener: FeedListener): () => void {
    for (const program of this.#programs) listener({ kind: 'program', program: program.journal.snapshot() });
    listener({ kind: 'complete' });
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(frame: FeedFrame): void {
    for (const listener of this.#listeners) listener(frame);
  }
}
