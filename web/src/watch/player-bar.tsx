/** The controls under the picture. */
import { formatLatency } from '../lib/format.ts';
import { Badge, Button } from '../ui/components.tsx';
import { AudienceButton } from './audience-side.tsx';
import { type Audience } from './use-audience.ts';
import { toggleFullscreen } from './fullscreen.ts';
import { CaptionsMenu, LanguageMenu, QualityMenu } from './stream-menus.tsx';
import { SeekBar } from './seek-bar.tsx';
import { type Moments } from './moments.ts';
import { hasPlayer } from './viewer-state.ts';
import { type ViewerSession } from './viewer-session.ts';
import { type ViewerView } from './viewer-view.ts';

interface PlayerBarProps {
  readonly session: ViewerSession;
  readonly view: ViewerView;
  readonly audience: Audience;
}

export function PlayerBar({ session, view, audience }: PlayerBarProps) {
  const { wantsToPlay, needsTapToPlay, isMuted, volume } = view.controls;
  const isPlaying = wantsToPlay && !needsTapToPlay;
  const canControl = hasPlayer(view.phase);
  return (
    <div class="bar" role="group" aria-label="Player controls">
      {view.phase === 'playing' && view.seek !== undefined && <SeekBar session={session} seek={view.seek} />}
      <Button
        label={isPlaying ? 'Pause' : 'Play'}
        icon={isPlaying ? 'pause' : 'play'}
        isIconOnly
        isDisabled={!canControl}
        onClick={() => session.togglePlay()}
      />
      <Button
        label={isMuted ? 'Unmute' : 'Mute'}
        icon={isMuted ? 'muted' : 'volume'}
        isIconOnly
        isDisabled={!canControl}
        onClick={() => session.controls.setMuted(!isMuted)}
      />
      <input
        class="volume"
        type="range"
        min={0}
        max={1}
        step={0.05}
        value={isMuted ? 0 : volume}
        disabled={!canControl}
        aria-label="Volume"
        onInput={(event) => session.controls.setVolume(event.currentTarget.valueAsNumber)}
      />
      {view.phase === 'playing' && !view.isBehindLive && <Badge tone="live">LIVE</Badge>}
      {view.phase === 'playing' && view.isBehindLive && (
        <button type="button" class="go-live" onClick={() => session.goToLive()}>
          Go to live
        </button>
      )}
      {view.phase === 'playing' && view.isFallback && (
        <span
          role="status"
          title="The usual way is not reachable. This one is some seconds later; the page goes back by itself."
        >
          <Badge tone="warn">
            <span>
              Backup<span class="backup-name"> stream</span>
            </span>
          </Badge>
        </span>
      )}
      <Spoken speaker={view.moments.speaker} slide={view.moments.slide} />
      <span class="spacer" />
      {view.latencyMs !== undefined && (
        <span class="fact number" title="From the stage to your screen">
          <span class="fact-name">Latency </span>
          {formatLatency(view.latencyMs)}
        </span>
      )}
      {view.phase === 'playing' && <CaptionsMenu session={session} view={view} />}
      {view.phase === 'playing' && <LanguageMenu session={session} view={view} />}
      {view.phase === 'playing' && <QualityMenu session={session} view={view} />}
      {view.phase === 'playing' && (view.canCast || view.isCasting) && (
        <Button
          label={view.isCasting ? 'Playing on another screen' : 'Play on another screen'}
          icon="cast"
          isIconOnly
          isDisabled={view.isCasting}
          onClick={() => session.cast()}
        />
      )}
      <AudienceButton audience={audience} />
      <Button label="Fullscreen" icon="fullscreen" isIconOnly onClick={toggleFullscreen} />
    </div>
  );
}

/** Not read out when it changes: somebody is speaking just then. */
function Spoken({ speaker, slide }: Pick<Moments, 'speaker' | 'slide'>) {
  return (
    <>
      {speaker !== undefined && (
        <span class="fact spoken" title={`Speaking: ${speaker}`}>
          <span class="visually-hidden">Speaking: </span>
          <bdi>{speaker}</bdi>
        </span>
      )}
      {slide !== undefined && (
        <span class="fact spoken slide" title={`Slide: ${slide}`}>
          <span class="visually-hidden">Slide: </span>
          <bdi>{slide}</bdi>
        </span>
      )}
    </>
  );
}
