/** The stage page: from the invitation over the device choice to the stage and out again. */
import { useEffect, useState } from 'preact/hooks';
import { AudienceSession } from '../audience/audience-session.ts';
import { readTokenHint } from '../lib/route.ts';
import { browserScheduler } from '../lib/scheduler.ts';
import { useStore } from '../lib/use-store.ts';
import { Button, Notice, TopBar } from '../ui/components.tsx';
import { takeClientId } from './client-id.ts';
import { exposeStageDebug } from './expose-debug.ts';
import { LocalMedia } from './local-media.ts';
import { GreenRoomView } from './people/green-room.tsx';
import { PreJoin } from './pre-join.tsx';
import { watchNetwork } from './watch-network.ts';
import { StageRoom } from './stage-room.tsx';
import { StageSession } from './stage-session.ts';

export function MissingInvitation() {
  return (
    <div class="page">
      <TopBar />
      <main>
        <Notice tone="bad" title="This invitation is not complete">
          A stage link ends with a # and a long code. Open the link exactly as you received it, or ask the host for a
          new one.
        </Notice>
      </main>
    </div>
  );
}

interface StagePageProps {
  readonly webinarId: string;
  readonly token: string;
  /** Where the stage is part of another page: shows that one again. */
  readonly onLeave?: () => void;
}

interface StageParts {
  readonly session: StageSession;
  readonly media: LocalMedia;
  readonly audience: AudienceSession;
}

export function StagePage({ webinarId, token, onLeave }: StagePageProps) {
  const [stage, setStage] = useState<StageParts>();
  useEffect(() => {
    const media = new LocalMedia();
    const isRelayOnly = new URLSearchParams(location.search).get('relay') === '1';
    const clientId = takeClientId();
    const session = new StageSession({ webinarId, token, media, scheduler: browserScheduler, isRelayOnly, clientId });
    const audience = new AudienceSession({
      token: () => Promise.resolve(token),
      displayName: () => session.displayName,
      clientId,
      scheduler: browserScheduler,
    });
    const endWatch = watchNetwork({
      onLeave: () => session.close(),
      onOtherNetwork: () => session.renewConnection(),
    });
    media.start();
    void media.openBoth();
    exposeStageDebug(session);
    setStage({ session, media, audience });
    return () => {
      endWatch();
      session.close();
      audience.close();
    };
  }, [webinarId, token]);
  const place = { webinarId, token, ...(onLeave && { onLeave }) };
  return stage === undefined ? null : <Stage {...stage} {...place} />;
}

function Stage({ session, media, audience, webinarId, token, onLeave }: StagePageProps & StageParts) {
  const view = useStore(session.view);
  const isOnStage = view.phase === 'joined' && view.roster.place === 'stage';
  useEffect(() => {
    if (isOnStage) audience.start();
  }, [audience, isOnStage]);
  const hint = readTokenHint(token);
  const [name, setName] = useState(hint.displayName ?? '');
  useEffect(() => {
    if (view.roster.title !== '') document.title = `${view.roster.title} - Stage - Rostrum`;
  }, [view.roster.title]);
  useEffect(() => {
    if (view.phase === 'left') onLeave?.();
  }, [view.phase, onLeave]);
  if (view.phase === 'left' || view.phase === 'replaced' || view.phase === 'refused') {
    return <Farewell phase={view.phase} message={view.message} onLeave={onLeave} />;
  }
  if (view.phase === 'joined' || view.phase === 'reconnecting') {
    if (view.roster.place === 'greenRoom')
      return <GreenRoomView session={session} media={media} view={view} name={name} />;
    const place = { webinarId, token, name };
    return <StageRoom session={session} media={media} audience={audience} view={view} {...place} />;
  }
  return (
    <PreJoin
      media={media}
      view={view}
      role={hint.role}
      name={name}
      onName={setName}
      onMute={(isMuted) => session.setMuted(isMuted)}
      onJoin={(displayName) => session.join(displayName)}
    />
  );
}

const farewells = {
  left: {
    title: 'You left the stage',
    text: 'Camera and microphone are off. You can come back with the same link while the event lasts.',
    again: 'Join again',
  },
  replaced: {
    title: 'You are on stage in another window',
    text: 'You joined again elsewhere, so this window let go of the stage; its camera and microphone are off.',
    again: 'Go on in this window',
  },
  refused: {
    title: 'You are not on stage',
    text: 'Ask the host for a new invitation if you should be here.',
    again: 'Try again',
  },
} as const;

interface FarewellProps {
  readonly phase: keyof typeof farewells;
  readonly message: string | undefined;
  readonly onLeave: (() => void) | undefined;
}

function Farewell({ phase, message, onLeave }: FarewellProps) {
  const { title, text, again } = farewells[phase];
  return (
    <div class="page">
      <TopBar />
      <main class="card">
        <h1>{title}</h1>
        {message !== undefined && <Notice tone="bad" title={message} />}
        <p class="muted">{text}</p>
        <div class="row">
          {onLeave === undefined ? (
            <Button tone="primary" label={again} onClick={() => location.reload()} />
          ) : (
            <Button tone="primary" label="Back to watching" onClick={onLeave} />
          )}
        </div>
      </main>
    </div>
  );
}
