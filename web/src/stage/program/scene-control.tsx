/** The stage, or a slate instead of it. */
import { useState } from 'preact/hooks';
import type { Scene } from '../../../../src/signaling/protocol/index.ts';
import { Button } from '../../ui/components.tsx';
import { parseMinutes } from './program-words.ts';

interface SceneControlProps {
  readonly scene: Scene;
  readonly onScene: (scene: Scene) => void;
  readonly onCountdown: (minutes: number) => void;
}

export function SceneControl({ scene, onScene, onCountdown }: SceneControlProps) {
  const [minutes, setMinutes] = useState('5');
  const wanted = parseMinutes(minutes);
  return (
    <div class="scenes" role="group" aria-label="Scene">
      <Button label="Stage" isPressed={scene.kind === 'live'} onClick={() => onScene({ kind: 'live' })} />
      <Button label="Back soon" isPressed={scene.kind === 'backSoon'} onClick={() => onScene({ kind: 'backSoon' })} />
      <span class="countdown">
        <Button
          label="Countdown"
          isPressed={scene.kind === 'countdown'}
          isDisabled={wanted === undefined}
          onClick={() => wanted !== undefined && onCountdown(wanted)}
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
