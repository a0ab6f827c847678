/** What the checks found: each breach once, with a count; and which rules were looked at. Bounded, and safe to print. */

/** `E`: a player may fail on it. `W`: allowed, but known to hurt. */
export type Severity = 'E' | 'W';

/** One breach of one rule, as a check saw it. */
export interface Breach {
  /** The rule's own severity by default. */
  readonly severity?: Severity;
  /** What the rule asks for; the same text for every breach of the same kind, so that they can be counted together. */
  readonly expected: string;
  readonly seen: string;
  readonly url?: string | undefined;
  readonly mediaSequenceNumber?: number | undefined;
  readonly partIndex?: number | undefined;
  /** Line of the playlist, from 1. */
  readonly line?: number | undefined;
  /** Only the clock says so, of a rule that is judged by it in part: a busy machine or network breaks it too. */
  readonly isTiming?: boolean;
}

/** Whom checks report to. */
export interface Judge {
  /** Notes that the rule was looked at; what broke it, if anything, is told apart from that. */
  looked(rule: number): void;
  /** Notes that the rule was looked at, and the breach when it was not kept. */
  hold(rule: number, isKept: boolean, breach: () => Breach): void;
}

export interface Finding extends Breach {
  readonly rule: number;
  readonly severity: Severity;
  /** Times the same was seen; the place is that of the first. */
  readonly count: number;
  /** Different addresses it was seen at, as far as they were counted. */
  readonly urlCount: number;
}

/** Different findings that are kept; a stream with more is broken beyond reading, the rest is only counted. */
const maxFindingCount = 400;
const maxTextLength = 240;
/** Addresses of one finding that are told apart. */
const maxUrlCount = 100;

interface Entry {
  readonly finding: Omit<Finding, 'count' | 'urlCount'>;
  readonly urls: Set<string>;
  count: number;
}

export class FindingLog implements Judge {
  readonly #severityOf: (rule: number) => Severity;
  readonly #findings = new Map<string, Entry>();
  readonly #exercised = new Map<number, number>();
  readonly #onFound: ((finding: Entry['finding']) => void) | undefined;
  #leftOutCount = 0;

  /** @param onFound hears the first breach of each kind */
  constructor(severityOf: (rule: number) => Severity, onFound?: (finding: Entry['finding']) => void) {
    this.#severityOf = severityOf;
    this.#onFound = onFound;
  }

  looked(rule: number): void {
    this.#exercised.set(rule, (this.#exercised.get(rule) ?? 0) + 1);
  }

  hold(rule: number, isKept: boolean, breach: () => Breach): void {
    this.looked(rule);
    if (isKept) return;
    const given = breach();
    const severity = given.severity ?? this.#severityOf(rule);
    const key = [rule, severity, given.isTiming === true, given.expected].join('\n');
    const entry = this.#findings.get(key) ?? this.#add(key, { ...cleaned(given), rule, severity });
    if (entry === undefined) {
      this.#leftOutCount++;
      return;
    }
    entry.count++;
    const path = given.url?.split('?', 1)[0];
    if (path !== undefined && entry.urls.size < maxUrlCount) entry.urls.add(path);
  }

  #add(key: string, finding: Entry['finding']): Entry | undefined {
    if (this.#findings.size >= maxFindingCount) return undefined;
    const entry: Entry = { finding, urls: new Set(), count: 0 };
    this.#findings.set(key, entry);
    this.#onFound?.(finding);
    return entry;
  }

  /** By rule, errors first. */
  get findings(): readonly Finding[] {
    return [...this.#findings.values()]
      .map(({ finding, count, urls }) => ({ ...finding, count, urlCount: urls.size }))
      .sort((a, b) => a.rule - b.rule || a.severity.localeCompare(b.severity));
  }

  /** Breaches that found no room any more. */
  get leftOutCount(): number {
    return this.#leftOutCount;
  }

  /** How often each rule was looked at; rules that never were are missing. */
  get exercised(): ReadonlyMap<number, number> {
    return this.#exercised;
  }

  get errorCount(): number {
    return this.findings.filter(({ severity }) => severity === 'E').length;
  }
}

/** A judge that adds where the checks are looking. */
export function judgeAt(judge: Judge, url: string): Judge {
  return {
    looked: (rule) => judge.looked(rule),
    hold: (rule, isKept, breach) => judge.hold(rule, isKept, () => ({ url, ...breach() })),
  };
}

/** Everything served is hostile: no control characters reach a terminal, no text fills it. */
function cleaned(breach: Breach): Breach {
  const { url } = breach;
  return {
    ...breach,
    expected: printable(breach.expected),
    seen: printable(breach.seen),
    ...(url === undefined ? {} : { url: printable(url) }),
  };
}

export function printable(text: string): string {
  const shown = text.slice(0, maxTextLength).replace(/[^\P{C}]|[\p{Zl}\p{Zp}]/gu, '\u{fffd}');
  return text.length > maxTextLength ? `${shown}…` : shown;
}
