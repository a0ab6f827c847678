/** The viewer page: the picture, what is going on when there is none, the controls, and the conversation beside it. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { browserScheduler } from '../lib/scheduler.ts';
import { useStore } from '../lib/use-store.ts';
import { Notice, TopBar } from '../ui/components.tsx';
import { AudienceSide, InvitedNotice } from './audience-side.tsx';
import { exposeViewerDebug } from './expose-debug.ts';
import { toggleFullscreen } from './fullscreen.ts';
import { commandForKey, type PlayerCommand } from './keyboard.ts';
import { loadPlayer, preloadPlayer } from './load-player.ts';
import { OnStage } from './on-stage.tsx';
import { PlayerBar } from './player-bar.tsx';
import { PlayerOverlay } from './player-overlay.tsx';
import { type Audience, useAudience } from './use-audience.ts';
import { ViewerPass } from './viewer-pass.ts';
import { ViewerSession } from './viewer-session.ts';

export function MissingEvent() {
  return (
    <div class="page">
      <TopBar />
      <main>
        <Notice tone="bad" title="This link is not complete">
          A viewer link looks like /watch/ followed by the id of the event. Check the link you were given.
        </Notice>
      </main>
    </div>
  );
}

interface WatchPageProps {
  readonly webinarId: string;
  readonly invitation: string | undefined;
}

/** Watching, or on stage after having been brought up: one page, and back again. */
export function WatchPage({ webinarId, invitation }: WatchPageProps) {
  const pass = useMemo(() => new ViewerPass({ webinarId, invitation }), [webinarId, invitation]);
  const audience = useAudience(pass);
  const [stageToken, setStageToken] = useState<string>();
  if (stageToken !== undefined) {
    return <OnStage webinarId={webinarId} token={stageToken} onLeave={() => setStageToken(undefined)} />;
  }
  const takeUp = (token: string): void => {
    audience.session?.dropStageToken();
    void audience.session?.setHand(false);
    setStageToken(token);
  };
  return <Watching webinarId={webinarId} invitation={invitation} pass={pass} audience={audience} onTakeUp={takeUp} />;
}

interface WatchingProps extends WatchPageProps {
  readonly pass: ViewerPass;
  readonly audience: Audience;
  readonly onTakeUp: (stageToken: string) => void;
}

function Watching({ webinarId, invitation, pass, audience, onTakeUp }: WatchingProps) {
  const video = useRef<HTMLVideoElement>(null);
  const [session, setSession] = useState<ViewerSession>();
  useEffect(() => {
    if (video.current === null) return;
    const place = { webinarId, invitation, pass, video: video.current };
    const created = new ViewerSession({ ...place, scheduler: browserScheduler, loadPlayer });
    // Only warms the cache; when it fails, making the player reports it.
    void preloadPlayer().catch(() => undefined);
    created.start();
    exposeViewerDebug(created);
    setSession(created);
    return () => created.close();
  }, [webinarId, invitation, pass]);

  return (
    <main class={audience.isOpen ? 'watch with-audience' : 'watch'}>
      <div class="frame">
        <video ref={video} class="program" playsInline preload="auto" aria-label="Program" />
        {session !== undefined && <Player session={session} audience={audience} />}
        <InvitedNotice audience={audience} onTakeUp={onTakeUp} />
      </div>
      <AudienceSide audience={audience} />
    </main>
  );
}

function Player({ session, audience }: { readonly session: ViewerSession; readonly audience: Audience }) {
  const view = useStore(session.view);
  useEffect(() => {
    if (view.title !== '') document.title = `${view.title} - Rostrum`;
  }, [view.title]);
  // Not before: the first picture is worth more than the conversation.
  const canTakePart = view.phase === 'playing' || view.phase === 'waiting';
  useEffect(() => {
    if (canTakePart) audience.start();
  }, [audience.start, canTakePart]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const command = commandForKey({
        key: event.key,
        hasModifier: event.ctrlKey || event.metaKey || event.altKey,
        hasShift: event.shiftKey,
        targetTag: event.target instanceof HTMLElement ? event.target.localName : '',
      });
      if (command === undefined) return;
      event.preventDefault();
      run(session, command);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [session]);
  return (
    <>
      <PlayerOverlay session={session} view={view} />
      <PlayerBar session={session} view={view} audience={audience} />
    </>
  );
}

function run(session: ViewerSession, command: PlayerCommand): void {
  const { isMuted, volume } = session.controls.state;
  switch (command.do) {
    case 'toggle-play':
      return session.togglePlay();
    case 'toggle-mute':
      return session.controls.setMuted(!isMuted);
    case 'toggle-fullscreen':
      return toggleFullscreen();
    case 'go-live':
      return session.goToLive();
    case 'toggle-captions':
      return session.toggleCaptions();
    case 'seek-by':
      return session.seekBy(command.seconds);
    case 'seek-to-moment':
      return session.seekToMoment(command.direction);
    case 'change-volume':
      return session.controls.setVolume((isMuted ? 0 : volume) + command.delta);
  }
}
