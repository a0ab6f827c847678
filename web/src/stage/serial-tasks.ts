/** Runs async tasks one after another: WebRTC negotiation must not interleave. */

export class SerialTasks {
  #tail: Promise<unknown> = Promise.resolve();

  /** Resolves or rejects as the task does; a failed task does not stop the next. */
  run<Result>(task: () => Promise<Result>): Promise<Result> {
    const result = this.#tail.then(task, task);
    this.#tail = result.catch(() => undefined);
    return result;
  }
}
