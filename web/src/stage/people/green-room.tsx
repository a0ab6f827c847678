/** Waiting to be let in: oneself, whether devices and connection work, and nothing of the stage yet. */
import { useStore } from '../../lib/use-store.ts';
import { Badge, Button, Notice, TopBar } from '../../ui/components.tsx';
import { Icon } from '../../ui/icons.tsx';
import { DeviceProblems } from '../device-picker.tsx';
import { LevelBar } from '../level-bar.tsx';
import { type LocalMedia } from '../local-media.ts';
import { StageControls } from '../stage-controls.tsx';
import { type StageSession, type StageView } from '../stage-session.ts';
import { stageStatus } from '../stage-status.ts';
import { Tile } from '../tile.tsx';
import { useTrackStream } from '../video-view.tsx';
import { pathText } from './people-words.ts';
import './people.css';

interface GreenRoomProps {
  readonly session: StageSession;
  readonly media: LocalMedia;
  readonly view: StageView;
  readonly name: string;
}

export function GreenRoomView({ session, media, view, name }: GreenRoomProps) {
  const { microphone, camera } = useStore(media.state);
  const stream = useTrackStream(camera.track);
  const status = stageStatus(view.phase, view.sendHealth, view.recvHealth);
  return (
    <div class="green-room">
      <TopBar>
        <Badge>Green room</Badge>
      </TopBar>
      <main>
        <h1>{view.roster.title}</h1>
        <p role="status">A host will let you in. Nobody hears or sees you yet.</p>
        <Tile
          name={name}
          title={view.roster.personTitle}
          isSelf
          isMuted={view.isMuted || microphone.track === undefined}
          audioChannelId={undefined}
          isSpeaking={false}
          hasPicture={camera.track !== undefined}
          stream={stream}
          pin={undefined}
        />
        <LevelBar track={microphone.track} />
        <Checks session={session} />
        {status !== undefined && <p class={`status-line ${status.tone}`}>{status.text}</p>}
        {view.message !== undefined && (
          <Notice tone="bad" title={view.message}>
            <Button label="Dismiss" onClick={() => session.dismissMessage()} />
          </Notice>
        )}
        <DeviceProblems media={media} />
      </main>
      <StageControls session={session} media={media} view={view} />
    </div>
  );
}

function Checks({ session }: Pick<GreenRoomProps, 'session'>) {
  const readiness = useStore(session.readiness.state);
  if (readiness === undefined) return <p class="muted">Checking devices and connection</p>;
  const { hasMicrophone, hasCamera, path } = readiness;
  const isSending = hasMicrophone || hasCamera;
  return (
    <ul class="checks" aria-label="Checks">
      <li>
        <Icon name={hasMicrophone ? 'check' : 'micOff'} />
        {hasMicrophone ? 'Microphone works' : 'No microphone'}
      </li>
      <li>
        <Icon name={hasCamera ? 'check' : 'cameraOff'} />
        {hasCamera ? 'Camera works' : 'No camera'}
      </li>
      {isSending && (
        <li>
          <Icon name={path === null ? 'settings' : 'check'} />
          {pathText(readiness)}
        </li>
      )}
    </ul>
  );
}
