/** The way back: a bar from the start of what can be seen to live, with the moments in it and a look at any place. */
import { useEffect, useState } from 'preact/hooks';
import { commandForKey } from './keyboard.ts';
import { SeekPreview } from './seek-preview.tsx';
import { type SeekView, behindText, behindWords, spacedMarks } from './seek-range.ts';
import { type ViewerSession } from './viewer-session.ts';

/** One picture per segment: a finer place would load the same one again. */
const previewStepSec = 2;
/** Its player reloads a playlist: it goes when nobody looks any more. */
const previewKeptMs = 10_000;

export function SeekBar({ session, seek }: { readonly session: ViewerSession; readonly seek: SeekView }) {
  /** While the thumb is held, it does not follow playback. */
  const [heldSec, setHeldSec] = useState<number>();
  const [hoveredSec, setHoveredSec] = useState<number>();
  const [previewSec, setPreviewSec] = useState<number>();
  const { startSec, liveSec } = seek;
  const shown = heldSec === undefined ? seek : { ...seek, positionSec: heldSec, isShifted: true };
  // Counted from live back, in whole seconds: so the end of the bar can be reached, and is live.
  const behindSec = shown.isShifted ? Math.max(0, Math.round(liveSec - shown.positionSec)) : 0;
  const lookedAtSec = heldSec ?? hoveredSec;
  const share = (timeSec: number) => `${((100 * (timeSec - startSec)) / (liveSec - startSec)).toFixed(3)}%`;
  const go = (timeSec: number): void => {
    setHeldSec(undefined);
    session.seekTo(timeSec);
  };
  const hover = (event: PointerEvent & { readonly currentTarget: HTMLElement }): void => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const ratio = Math.min(1, Math.max(0, (event.clientX - left) / width));
    setHoveredSec(startSec + ratio * (liveSec - startSec));
  };
  useEffect(() => {
    if (lookedAtSec !== undefined) return setPreviewSec(Math.floor(lookedAtSec / previewStepSec) * previewStepSec);
    const timer = setTimeout(() => setPreviewSec(undefined), previewKeptMs);
    return () => clearTimeout(timer);
  }, [lookedAtSec]);
  return (
    <div class="seek">
      <div class="seek-track" onPointerMove={hover} onPointerLeave={() => setHoveredSec(undefined)}>
        <input
          type="range"
          min={Math.ceil(startSec - liveSec)}
          max={0}
          step={1}
          value={-behindSec}
          aria-label="Position in the event"
          aria-valuetext={behindWords(shown)}
          style={{ '--played': share(liveSec - behindSec) }}
          onInput={(event) => setHeldSec(liveSec + event.currentTarget.valueAsNumber)}
          onChange={(event) => go(liveSec + event.currentTarget.valueAsNumber)}
          onKeyDown={(event) => onKey(event, session)}
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
        {previewSec !== undefined && (
          <SeekPreview
            session={session}
            playerNumber={seek.playerNumber}
            timeSec={previewSec}
            left={share(lookedAtSec ?? previewSec)}
            text={behindText({ ...seek, positionSec: lookedAtSec ?? previewSec, isShifted: true })}
            isShown={lookedAtSec !== undefined}
          />
        )}
      </div>
      <span class="fact number seek-time">{behindText(shown)}</span>
    </div>
  );
}

/** Arrows do on the bar what they do everywhere on the page; a second at a time would be nowhere. */
function onKey(event: KeyboardEvent, session: ViewerSession): void {
  const command = commandForKey({
    key: event.key,
    hasModifier: event.ctrlKey || event.metaKey || event.altKey,
    hasShift: event.shiftKey,
    targetTag: 'seek',
  });
  if (command?.do !== 'seek-by' && command?.do !== 'seek-to-moment') return;
  event.preventDefault();
  if (command.do === 'seek-by') session.seekBy(command.seconds);
  else session.seekToMoment(command.direction);
}
