/** Counts open connections per address. */
export class ConnectionCounter {
  readonly #countByIp = new Map<string, number>();
  readonly #maxPerIp: number;

  constructor(maxPerIp: number) {
    this.#maxPerIp = maxPerIp;
  }

  /** Takes a place; false when the address has all of its own. */
  take(ip: string): boolean {
    const count = this.#countByIp.get(ip) ?? 0;
    if (count >= this.#maxPerIp) return false;
    this.#countByIp.set(ip, count + 1);
    return true;
  }

  release(ip: string): void {
    const count = (this.#countByIp.get(ip) ?? 0) - 1;
    if (count <= 0) this.#countByIp.delete(ip);
    else this.#countByIp.set(ip, count);
  }

  isFull(ip: string): boolean {
    return (this.#countByIp.get(ip) ?? 0) >= this.#maxPerIp;
  }
}
