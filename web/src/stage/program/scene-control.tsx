/** The stage, or a slate instead of it. */
import { useState } from 'preact/hooks';
import type { Scene } from '../../../../src/signaling/protocol/index.ts';
import { browserScheduler } from '../../lib/scheduler.ts';
import { Button } from '../../ui/components.tsx';
import { parseMinutes } from './program-words.ts';

interface SceneControlProps {
  readonly scene: Scene;
  readonly onScene: (scene: Scene) => void;
}

export function SceneControl({ scene, onScene }: SceneControlProps) {
  const [minutes, setMinutes] = useState('5');
  const wanted = parseMinutes(minutes);
  const countDown = (): void => {
    if (wanted !== undefined)
      onScene({ kind: 'countdown', untilWallMs: Math.round(browserScheduler.wallMs() + wanted * 60_000) });
  };
  return (
    <div class="scenes" role="group" aria-label="Scene">
      <Button label="Stage" isPressed={scene.kind === 'live'} onClick={() => onScene({ kind: 'live' })} />
      <Button label="Back soon" isPressed={scene.kind === 'backSoon'} onClick={() => onScene({ kind: 'backSoon' })} />
      <span class="countdown">
        <Button
          label="Countdown"
          isPressed={scene.kind === 'countdown'}
          isDisabled={wanted === undefined}
          onClick={countDown}
        />
        <label>
          <input
            type="text"
            inputMode="decimal"
            aria-label="Minutes"
            value={minutes}
            maxLength={5}
            onInput={(event) => setMinutes(event.currentTarget.value)}
          />
          min
        </label>
      </span>
    </div>
  );
}
