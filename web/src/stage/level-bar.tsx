/** The microphone's loudness as a bar. */
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../ui/icons.tsx';
import { measureLevel } from './level-meter.ts';

export function LevelBar({ track }: { readonly track: MediaStreamTrack | undefined }) {
  const bar = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (track === undefined) return;
    // Sixteen times a second: straight to the element, without drawing the component again.
    return measureLevel(track, (level) => bar.current?.style.setProperty('transform', `scaleX(${level.toFixed(3)})`));
  }, [track]);
  return (
    <span class="level-row">
      <Icon name={track === undefined ? 'micOff' : 'mic'} />
      <span class="level" role="img" aria-label="Microphone level">
        <span ref={bar} class="level-fill" />
      </span>
    </span>
  );
}
