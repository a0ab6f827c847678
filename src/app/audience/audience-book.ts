/** Who watches which webinar, by their beacons. State and rules only: no timers, no database, no network. */
import { type AudienceStats, type Beacon, beaconPeriodMs } from '../../signaling/protocol/index.ts';

/** Without a beacon for this long a page is gone: two may be lost, or late on a bad network. */
export const viewerTimeoutMs = 2.5 * beaconPeriodMs;
/** Beacons of one page that come closer together than this are refused; the one that says goodbye is not. */
const minBeaconGapMs = beaconPeriodMs / 2;
/** What a page may have watched before its first beacon; timers and ways through the network are two seconds uneven. */
const initialAllowanceMs = beaconPeriodMs + 2000;

export interface BookLimits {
  /** Pages known at once, of all webinars. */
  readonly maxViewers: number;
  /** Pages known at once of one client address. */
  readonly maxViewersPerAddress: number;
}

export interface Sender {
  readonly webinarId: string;
  readonly viewerId: string;
  readonly address: string;
  /** As on the invitation; undefined for who came by the public link. */
  readonly displayName: string | undefined;
}

/** What is kept of a page for the attendance list. */
export interface Attendance {
  readonly webinarId: string;
  readonly viewerId: string;
  readonly displayName: string | undefined;
  /** Wall times, ms since the Unix epoch. */
  readonly firstSeenAtMs: number;
  readonly lastSeenAtMs: number;
  /** Since it was last taken. */
  readonly watchedMs: number;
}

interface Viewer {
  readonly sender: Sender;
  readonly firstSeenAtMs: number;
  readonly firstSeenMs: number;
  /** That it may have watched before it was first seen. */
  readonly allowanceMs: number;
  /** All that was believed. */
  creditedMs: number;
  lastSeenAtMs: number;
  lastSeenMs: number;
  last: Beacon;
  /** Not taken yet. */
  watchedMs: number;
}

/** `counted` is what of the beacon is believed. */
export type BeaconOutcome =
  { readonly kind: 'counted'; readonly watchedMs: number } | { readonly kind: 'repeated' | 'tooSoon' | 'full' };

export class AudienceBook {
  readonly #limits: BookLimits;
  readonly #webinars = new Map<string, Map<string, Viewer>>();
  readonly #byAddress = new Map<string, number>();
  /** When a page said goodbye: whoever goes on all the same keeps to the same rules. Forgotten with its time, or oldest first. */
  readonly #leftMs = new Map<string, number>();
  #departed: Attendance[] = [];
  #viewerCount = 0;

  constructor(limits: BookLimits) {
    this.#limits = limits;
  }

  /** Pages known now, of all webinars. */
  get viewerCount(): number {
    return this.#viewerCount;
  }

  get webinarIds(): readonly string[] {
    return [...this.#webinars.keys()];
  }

  /** @param nowMs monotonic, @param wallMs ms since the Unix epoch, of the arrival */
  note(sender: Sender, beacon: Beacon, nowMs: number, wallMs: number): BeaconOutcome {
    const known = this.#webinars.get(sender.webinarId)?.get(sender.viewerId);
    if (known !== undefined && beacon.sequence <= known.last.sequence) return { kind: 'repeated' };
    const leftMs = this.#leftMs.get(pageOf(sender));
    const lastMs = known?.lastSeenMs ?? leftMs;
    const isGoodbye = known !== undefined && beacon.isLeaving;
    if (lastMs !== undefined && nowMs - lastMs < minBeaconGapMs && !isGoodbye) return { kind: 'tooSoon' };
    const allowanceMs = leftMs === undefined ? initialAllowanceMs : nowMs - leftMs;
    const viewer = known ?? this.#add(sender, beacon, nowMs, wallMs, allowanceMs);
    if (viewer === undefined) return { kind: 'full' };
    // Nobody watched for longer than time went by.
    const possibleMs = nowMs - viewer.firstSeenMs + viewer.allowanceMs - viewer.creditedMs;
    const watchedMs = Math.min(beacon.watchedMs, possibleMs);
    viewer.creditedMs += watchedMs;
    viewer.watchedMs += watchedMs;
    viewer.lastSeenMs = nowMs;
    viewer.lastSeenAtMs = wallMs;
    viewer.last = beacon;
    if (beacon.isLeaving) {
      this.#remove(viewer);
      this.#rememberLeaving(sender, nowMs);
    }
    return { kind: 'counted', watchedMs };
  }

  /** Forgets pages that said nothing for too long. */
  dropSilent(nowMs: number): void {
    for (const [page, leftMs] of this.#leftMs) if (nowMs - leftMs > viewerTimeoutMs) this.#leftMs.delete(page);
    for (const viewers of this.#webinars.values()) {
      for (const viewer of viewers.values()) if (nowMs - viewer.lastSeenMs > viewerTimeoutMs) this.#remove(viewer);
    }
  }

  statsOf(webinarId: string): AudienceStats {
    const watching = [...(this.#webinars.get(webinarId)?.values() ?? [])].filter(({ last }) => isWatching(last));
    const latenciesMs = watching.flatMap(({ last }) => (last.latencyMs === undefined ? [] : [last.latencyMs]));
    const stalledMs = watching.reduce((sum, { last }) => sum + last.stalledMs, 0);
    const totalMs = watching.reduce((sum, { last }) => sum + last.watchedMs + last.stalledMs, 0);
    const medianLatencyMs = latenciesMs.sort((a, b) => a - b)[Math.floor(latenciesMs.length / 2)];
    return {
      viewerCount: watching.length,
      ...(medianLatencyMs !== undefined && { medianLatencyMs }),
      stallRatio: totalMs === 0 ? 0 : stalledMs / totalMs,
    };
  }

  /** What came since the last call, one entry per page; it is not given again. */
  takeAttendance(): Attendance[] {
    const taken = this.#departed;
    this.#departed = [];
    for (const viewers of this.#webinars.values()) {
      for (const viewer of viewers.values()) {
        if (viewer.watchedMs > 0) taken.push(attendanceOf(viewer));
        viewer.watchedMs = 0;
      }
    }
    return taken;
  }

  #rememberLeaving(sender: Sender, nowMs: number): void {
    const oldest = this.#leftMs.size >= this.#limits.maxViewers ? this.#leftMs.keys().next().value : undefined;
    if (oldest !== undefined) this.#leftMs.delete(oldest);
    this.#leftMs.set(pageOf(sender), nowMs);
  }

  #add(sender: Sender, last: Beacon, nowMs: number, wallMs: number, allowanceMs: number): Viewer | undefined {
    const ofAddress = this.#byAddress.get(sender.address) ?? 0;
    if (this.#viewerCount >= this.#limits.maxViewers || ofAddress >= this.#limits.maxViewersPerAddress)
      return undefined;
    const seen = { firstSeenAtMs: wallMs, firstSeenMs: nowMs, lastSeenAtMs: wallMs, lastSeenMs: nowMs };
    const viewer: Viewer = { sender, ...seen, allowanceMs, last, creditedMs: 0, watchedMs: 0 };
    const viewers = this.#webinars.get(sender.webinarId) ?? new Map<string, Viewer>();
    this.#webinars.set(sender.webinarId, viewers.set(sender.viewerId, viewer));
    this.#byAddress.set(sender.address, ofAddress + 1);
    this.#viewerCount++;
    return viewer;
  }

  #remove(viewer: Viewer): void {
    const { webinarId, viewerId, address } = viewer.sender;
    const viewers = this.#webinars.get(webinarId);
    if (viewers?.delete(viewerId) !== true) return;
    if (viewers.size === 0) this.#webinars.delete(webinarId);
    const left = this.#byAddress.get(address)! - 1;
    if (left === 0) this.#byAddress.delete(address);
    else this.#byAddress.set(address, left);
    this.#viewerCount--;
    if (viewer.watchedMs > 0) this.#departed.push(attendanceOf(viewer));
  }
}

function pageOf({ webinarId, viewerId }: Sender): string {
  return `${webinarId} ${viewerId}`;
}

/** Somebody whose picture stands still at the moment watches all the same. */
function isWatching({ isPlaying, watchedMs, stalledMs }: Beacon): boolean {
  return isPlaying || watchedMs > 0 || stalledMs > 0;
}

function attendanceOf({ sender, firstSeenAtMs, lastSeenAtMs, watchedMs }: Viewer): Attendance {
  const { webinarId, viewerId, displayName } = sender;
  return { webinarId, viewerId, displayName, firstSeenAtMs, lastSeenAtMs, watchedMs };
}
