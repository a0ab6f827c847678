/** Lays tiles out as large as they fit. */
import { type ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { bestTileGrid } from './tile-grid.ts';

const gapPx = 8;

interface TileGridViewProps {
  readonly tileCount: number;
  readonly children: ComponentChildren;
}

export function TileGridView({ tileCount, children }: TileGridViewProps) {
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ widthPx: 0, heightPx: 0 });
  useEffect(() => {
    if (box.current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setSize({ widthPx: entry.contentRect.width, heightPx: entry.contentRect.height });
    });
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  const { columnCount, tileWidthPx } = bestTileGrid(tileCount, size.widthPx, size.heightPx, gapPx);
  return (
    <div ref={box} class="tile-box">
      <div
        class="tiles"
        style={{
          maxWidth: `${tileWidthPx * columnCount + gapPx * (columnCount - 1)}px`,
          '--tile-width': `${tileWidthPx}px`,
        }}
      >
        {children}
      </div>
    </div>
  );
}
