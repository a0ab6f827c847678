/** One button per layout, drawn as what it does; the keys 1 to 7 press them. */
import { useEffect } from 'preact/hooks';
import type { LayoutChoice } from '../../../../src/signaling/protocol/index.ts';
import { layoutForKey, layoutOptions } from './program-words.ts';

/** Tiles on a canvas of 32 x 18: x, y, width, height. */
type Box = readonly [number, number, number, number];

const boxes: Readonly<Record<Exclude<LayoutChoice, 'auto'>, readonly Box[]>> = {
  spotlight: [
    [1, 3, 21, 12],
    [24, 1, 7, 4.5],
    [24, 6.75, 7, 4.5],
    [24, 12.5, 7, 4.5],
  ],
  solo: [[1, 1, 30, 16]],
  'side-by-side': [
    [1, 4.5, 14.5, 9],
    [16.5, 4.5, 14.5, 9],
  ],
  grid: [0, 1, 2].flatMap((row) => [0, 1, 2].map((column): Box => [1 + column * 10.25, 1 + row * 5.5, 9.5, 4.9])),
  'screen-strip': [
    [1, 2, 23, 14],
    [25.5, 2, 5.5, 4],
    [25.5, 7, 5.5, 4],
    [25.5, 12, 5.5, 4],
  ],
  'screen-pip': [
    [1, 1, 30, 16],
    [21, 10, 8.5, 5.5],
  ],
};

interface LayoutButtonsProps {
  readonly chosen: LayoutChoice;
  readonly onChoose: (choice: LayoutChoice) => void;
}

export function LayoutButtons({ chosen, onChoose }: LayoutButtonsProps) {
  useEffect(() => {
    const abort = new AbortController();
    window.addEventListener('keydown', (event) => onKey(event, onChoose), { signal: abort.signal });
    return () => abort.abort();
  }, [onChoose]);
  return (
    <div class="layout-buttons" role="group" aria-label="Layout">
      {layoutOptions.map(({ choice, label, hint }, index) => (
        <button
          key={choice}
          type="button"
          class={choice === 'auto' ? 'layout-button wide' : 'layout-button'}
          aria-pressed={choice === chosen}
          aria-keyshortcuts={String(index + 1)}
          title={`${hint} (key ${index + 1})`}
          onClick={() => onChoose(choice)}
        >
          <LayoutIcon choice={choice} />
          <span>{label}</span>
        </button>
      ))}
    </div>
  );
}

function onKey(event: KeyboardEvent, onChoose: (choice: LayoutChoice) => void): void {
  const isTyping = event.target instanceof Element && event.target.closest('input, select, textarea, dialog') !== null;
  if (isTyping || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  const choice = layoutForKey(event.key);
  if (choice !== undefined) onChoose(choice);
}

function LayoutIcon({ choice }: { readonly choice: LayoutChoice }) {
  return (
    <svg class="layout-icon" viewBox="0 0 32 18" aria-hidden="true">
      {choice === 'auto' ? (
        <path
          class="layout-wand"
          d="M9 15L20 4M17.500 6.500l2 2M24 2.500v4M22 4.500h4M25 10.500v3M23.500 12h3M12 2v3M10.500 3.500h3"
        />
      ) : (
        boxes[choice].map(([x, y, boxWidth, boxHeight], index) => (
          <rect
            key={index}
            class={isScreen(choice, index) ? 'screen' : undefined}
            x={x}
            y={y}
            width={boxWidth}
            height={boxHeight}
            rx="1"
          />
        ))
      )}
    </svg>
  );
}

function isScreen(choice: LayoutChoice, index: number): boolean {
  return index === 0 && choice.startsWith('screen');
}
