/** How much of the screen a tile takes: its height in pixels of the screen, null while it is not on it. */
import { useEffect, useRef } from 'preact/hooks';
import { type RefObject } from 'preact';

export type HeightListener = (heightPx: number | null) => void;

/** @param listener the same one for as long as it is to be told nothing new */
export function useShownHeight(element: RefObject<HTMLElement | null>, listener: HeightListener | undefined): void {
  const told = useRef<number | null | undefined>(undefined);
  useEffect(() => {
    const tile = element.current;
    if (tile === null || listener === undefined) return;
    let isInView = true;
    told.current = undefined;
    const tell = (): void => {
      const isShown = isInView && document.visibilityState === 'visible' && tile.clientHeight > 0;
      const heightPx = isShown ? Math.round(tile.clientHeight * devicePixelRatio) : null;
      if (heightPx === told.current) return;
      told.current = heightPx;
      listener(heightPx);
    };
    const sizes = new ResizeObserver(tell);
    const views = new IntersectionObserver((entries) => {
      isInView = entries.at(-1)?.isIntersecting !== false;
      tell();
    });
    sizes.observe(tile);
    views.observe(tile);
    document.addEventListener('visibilitychange', tell);
    return () => {
      sizes.disconnect();
      views.disconnect();
      document.removeEventListener('visibilitychange', tell);
    };
  }, [element, listener]);
}
