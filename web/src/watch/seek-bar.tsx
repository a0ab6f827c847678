/** The way back: a bar from the start of what can be seen to live, with the moments in it. */
import { useState } from 'preact/hooks';
import { type SeekView, behindText, behindWords, spacedMarks } from './seek-range.ts';
import { type ViewerSession } from './viewer-session.ts';

const stepSec = 10;

export function SeekBar({ session, seek }: { readonly session: ViewerSession; readonly seek: SeekView }) {
  /** While the thumb is held, it does not follow playback. */
  const [heldSec, setHeldSec] = useState<number>();
  const { startSec, liveSec } = seek;
  const shown = heldSec === undefined ? seek : { ...seek, positionSec: heldSec, isShifted: true };
  const positionSec = shown.isShifted ? Math.min(shown.positionSec, liveSec) : liveSec;
  const go = (timeSec: number): void => {
    setHeldSec(undefined);
    session.seekTo(timeSec);
  };
  const share = (timeSec: number) => `${((100 * (timeSec - startSec)) / (liveSec - startSec)).toFixed(3)}%`;
  return (
    <div class="seek">
      <div class="seek-track">
        <input
          type="range"
          min={startSec}
          max={liveSec}
          step={stepSec / 2}
          value={positionSec}
          aria-label="Position in the event"
          aria-valuetext={behindWords(shown)}
          style={{ '--played': share(positionSec) }}
          onInput={(event) => setHeldSec(event.currentTarget.valueAsNumber)}
          onChange={(event) => go(event.currentTarget.valueAsNumber)}
        />
        {/* For the mouse; keys go from moment to moment with Shift and an arrow. */}
        <div class="seek-marks" aria-hidden="true">
          {spacedMarks(seek).map(({ timeSec, label }) => (
            <button
              key={`${timeSec} ${label}`}
              type="button"
              tabIndex={-1}
              style={{ left: share(timeSec) }}
              title={label}
              onClick={() => go(timeSec)}
            />
          ))}
        </div>
      </div>
      <span class="fact number seek-time">{behindText(shown)}</span>
    </div>
  );
}
