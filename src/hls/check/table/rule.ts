/** One rule of the conformance list, as data. */
import { type Severity } from '../findings.ts';

/** P: one playlist, R: across reloads, X: across renditions, M: media bytes, H: HTTP. */
export type Scope = 'P' | 'R' | 'X' | 'M' | 'H';

export interface Rule {
  readonly number: number;
  /** Of most of its breaches; single ones may be warnings of an error rule. */
  readonly severity: Severity;
  readonly title: string;
  /** Sections of draft-pantos-hls-rfc8216bis-22, and `A`: Apple's HLS authoring specification. */
  readonly source: string;
  readonly scope: readonly Scope[];
  /** What the stream must have, or must do meanwhile, for the rule to be looked at: the reason when it was not. */
  readonly needs: string;
  /** The part of the rule that nobody can see from outside, and why. */
  readonly unseen?: string;
  /** Judged by the clock, wholly or in part: a machine or network that is busy breaks it too. */
  readonly isTiming?: 'wholly' | 'partly';
}
