/** A viewer who has gone back on purpose, and how they get there again when the player is made anew: that begins live. Pure. */

export class TimeShift {
  #isOn = false;
  /** A new player has to be brought there yet. */
  #isDue = false;
  #programWallMs: number | undefined;

  get isOn(): boolean {
    return this.#isOn;
  }

  begin(): void {
    this.#isOn = true;
    this.#isDue = false;
    this.#programWallMs = undefined;
  }

  end(): void {
    this.#isOn = false;
    this.#isDue = false;
  }

  /** @param programWallMs on screen, ms since the Unix epoch; undefined while unknown */
  note(programWallMs: number | undefined): void {
    if (this.#isOn && !this.#isDue && programWallMs !== undefined) this.#programWallMs = programWallMs;
  }

  playerMade(): void {
    this.#isDue = this.#isOn;
  }

  /**
   * To be asked at the first picture of a new player.
   * @returns whether it has to be brought somewhere, once; and where, ms since the Unix epoch, if that was ever known
   */
  takeDue(): { readonly programWallMs: number | undefined } | undefined {
    if (!this.#isDue) return undefined;
    this.#isDue = false;
    return { programWallMs: this.#programWallMs };
  }
}
