/** What a program must show and sound like, and from when to when: what viewer and recording are both held against. */

export interface KnownPerson {
  readonly name: string;
  /** Of the camera's pattern, 0..15. */
  readonly identity: number;
  /** Of the microphone's tone. */
  readonly toneHz: number;
}

export interface ProgramView {
  /** Who has the large tile; undefined while it may be either of two who both speak. */
  readonly large: KnownPerson | undefined;
  /** What the small tile shows; `nobody`: there is none, and the large one stands in the middle. */
  readonly small: KnownPerson | 'avatar' | 'nobody' | undefined;
  /** Everybody else is silent. */
  readonly heard: readonly KnownPerson[];
}

/** A stretch of the program in which nothing changes. Wall times of the program's clock, ms since the Unix epoch. */
export interface ProgramPhase {
  readonly what: string;
  readonly view: ProgramView;
  /** A viewer saw and heard the whole view at this program time. */
  readonly fromWallMs: number;
  /** Here somebody began to change it. */
  readonly toWallMs: number;
}
