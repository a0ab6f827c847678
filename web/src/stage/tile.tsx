/** One person on stage. */
import { useRef } from 'preact/hooks';
import { initials, languageName } from '../lib/format.ts';
import { Icon } from '../ui/icons.tsx';
import { type HeightListener, useShownHeight } from './use-shown-height.ts';
import { VideoView } from './video-view.tsx';

interface ScreenTileProps {
  readonly name: string;
  readonly isSelf: boolean;
  readonly stream: MediaStream | undefined;
}

/** A shared screen: the whole of it, never cropped. */
export function ScreenTile({ name, isSelf, stream }: ScreenTileProps) {
  const label = isSelf ? 'Your screen' : `Screen of ${name}`;
  return (
    <article class="tile screen" aria-label={label}>
      <VideoView stream={stream} isMuted={isSelf} label={label} />
      <div class="name-plate">
        <Icon name="screen" />
        <span>{label}</span>
      </div>
    </article>
  );
}

interface TileProps {
  readonly name: string;
  /** Role or company. */
  readonly title: string | undefined;
  readonly isSelf: boolean;
  readonly isMuted: boolean;
  /** Language channel of an interpreter, whom the stage does not hear. */
  readonly audioChannelId: string | undefined;
  readonly isSpeaking: boolean;
  /** Their connection is lost, and they may be back in a moment. */
  readonly isAway?: boolean;
  readonly hasPicture: boolean;
  readonly stream: MediaStream | undefined;
  /** Undefined for those who may not pin. */
  readonly pin: Pin | undefined;
  /** Told how high the tile is on the screen, for the layer that fills it. */
  readonly onShownHeight?: HeightListener;
}

export interface Pin {
  readonly isPinned: boolean;
  toggle(): void;
}

export function Tile(props: TileProps) {
  const { name, title, isSelf, isMuted, audioChannelId, isSpeaking, isAway = false, hasPicture, stream, pin } = props;
  const article = useRef<HTMLElement>(null);
  useShownHeight(article, props.onShownHeight);
  return (
    <article
      ref={article}
      class={isSpeaking ? 'tile speaking' : 'tile'}
      aria-label={isSpeaking ? `${name}, speaking` : name}
    >
      <VideoView stream={stream} isMuted={isSelf} isMirrored={isSelf} label={name} />
      {!hasPicture && (
        <div class="avatar" aria-hidden="true">
          <span>{initials(name)}</span>
        </div>
      )}
      <div class="name-plate">
        {isMuted && (
          <span class="muted-mark">
            <Icon name="micOff" />
            <span class="visually-hidden">Muted</span>
          </span>
        )}
        <span>{isSelf ? `${name} (you)` : name}</span>
        {isAway && <span class="away-mark">Reconnecting</span>}
        {title !== undefined && <span class="person-title">{title}</span>}
        {audioChannelId !== undefined && (
          <span class="interpreter-mark">Interpreter: {languageName(audioChannelId)}</span>
        )}
      </div>
      {pin !== undefined && (
        <button
          type="button"
          class="pin"
          aria-pressed={pin.isPinned}
          aria-label={`Pin ${name} in the program`}
          title={pin.isPinned ? 'Unpin: the program follows who speaks' : 'Pin: first in the program'}
          onClick={() => pin.toggle()}
        >
          <Icon name="pin" />
        </button>
      )}
    </article>
  );
}
