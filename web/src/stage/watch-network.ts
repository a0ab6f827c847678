/** What the browser tells of the page and of the network under it. */

export interface NetworkWatch {
  /** The page goes: others should not wait for it to come back. */
  readonly onLeave: () => void;
  /** The device is on another network, or on one again. */
  readonly onOtherNetwork: () => void;
}

/** Of the Network Information API, where there is one; others tell of `online` alone. */
interface NetworkInformation {
  /** `wifi`, `cellular`, ...; undefined on most desktops. */
  readonly type?: string;
  addEventListener(type: 'change', listener: () => void, options: { signal: AbortSignal }): void;
}

/** @returns the function that ends it */
export function watchNetwork({ onLeave, onOtherNetwork }: NetworkWatch): () => void {
  const abort = new AbortController();
  const options = { signal: abort.signal };
  // Not `unload`: phones never fire it.
  globalThis.addEventListener('pagehide', onLeave, options);
  globalThis.addEventListener('online', onOtherNetwork, options);
  const { connection } = navigator as { connection?: NetworkInformation };
  let type = connection?.type;
  // It tells of every estimate of bandwidth, too.
  const onChange = (): void => {
    if (connection?.type === type) return;
    type = connection?.type;
    onOtherNetwork();
  };
  connection?.addEventListener('change', onChange, options);
  return () => abort.abort();
}
