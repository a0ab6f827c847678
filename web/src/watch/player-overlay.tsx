/** What lies over the picture: waiting and recovery messages, the big play button, "Tap for sound". */
import { Icon } from '../ui/icons.tsx';
import { Spinner } from '../ui/components.tsx';
import { type ViewerSession } from './viewer-session.ts';
import { phaseText, type ViewerView } from './viewer-view.ts';

const busyPhases: readonly string[] = ['loading', 'starting', 'connecting', 'recovering'];

export function PlayerOverlay({ session, view }: { readonly session: ViewerSession; readonly view: ViewerView }) {
  const text = phaseText(view);
  const { wantsToPlay, needsTapToPlay, needsTapForSound } = view.controls;
  const isWaitingForTap = needsTapToPlay || !wantsToPlay;
  const hasPicture = view.phase === 'playing' || view.phase === 'connecting';
  return (
    <>
      <button
        type="button"
        class="surface-button"
        tabIndex={-1}
        aria-hidden="true"
        onClick={() => (needsTapForSound ? session.controls.setMuted(false) : session.togglePlay())}
      />
      {/* Always there, so that what appears in it is read out. */}
      <p class="notice-line" role="status">
        {view.moments.notice !== undefined && <span>{view.moments.notice}</span>}
      </p>
      {text !== undefined && !(hasPicture && isWaitingForTap) && (
        <div class="overlay" role="status">
          {view.title !== '' && <p class="overlay-title">{view.title}</p>}
          {busyPhases.includes(view.phase) && <Spinner />}
          <h1>{text.headline}</h1>
          {text.detail !== '' && <p>{text.detail}</p>}
        </div>
      )}
      {view.phase === 'playing' && view.isStalled && !isWaitingForTap && (
        <div class="overlay clear" role="status">
          <Spinner />
          <span class="visually-hidden">Buffering</span>
        </div>
      )}
      {hasPicture && isWaitingForTap && (
        <button type="button" class="big-play" aria-label="Play" onClick={() => session.goToLive()}>
          <Icon name="play" />
        </button>
      )}
      {needsTapForSound && !isWaitingForTap && (
        <button type="button" class="sound-button" onClick={() => session.controls.setMuted(false)}>
          <Icon name="muted" /> Tap for sound
        </button>
      )}
    </>
  );
}
