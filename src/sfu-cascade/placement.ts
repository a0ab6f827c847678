/** Which worker a new peer or program goes to. Pure. */

export interface WorkerLoad {
  readonly workerIndex: number;
  /** Peers of the webinar in question that live there. */
  readonly webinarPeerCount: number;
  /** Everything placed there, of all webinars: reservations, not measurements, so a burst spreads at once. */
  readonly totalCount: number;
}

/** The worker with the fewest peers of this webinar; ties go to the least loaded, then to the lowest index. */
export function chooseWorker(loads: readonly WorkerLoad[]): number | undefined {
  const [best] = [...loads].sort(
    (a, b) => a.webinarPeerCount - b.webinarPeerCount || a.totalCount - b.totalCount || a.workerIndex - b.workerIndex,
  );
  return best?.workerIndex;
}
