/** On stage: the tiles, the status line, the controls. */
import { useState } from 'preact/hooks';
import type { Permission } from '../../../src/signaling/protocol/index.ts';
import { useStore } from '../lib/use-store.ts';
import { AudiencePanel } from '../audience/audience-panel.tsx';
import { type AudienceSession } from '../audience/audience-session.ts';
import { Badge, Button, Notice } from '../ui/components.tsx';
import { AudienceBadge } from './audience-badge.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import { DeviceProblems } from './device-picker.tsx';
import { LiveControl } from './live-control.tsx';
import { type LocalMedia } from './local-media.ts';
import { PeoplePanel } from './people/people-panel.tsx';
import { ProgramPanel } from './program/program-panel.tsx';
import { type Roster } from './roster.ts';
import { StageControls } from './stage-controls.tsx';
import { type StageSession, type StageView } from './stage-session.ts';
import { stageStatus } from './stage-status.ts';
import { type StageArrangement, Tiles } from './tiles.tsx';
import { unheardNotice } from './unheard.ts';
import { ViewerLink } from './viewer-link.tsx';

interface StageRoomProps {
  readonly session: StageSession;
  readonly media: LocalMedia;
  readonly audience: AudienceSession;
  readonly view: StageView;
  readonly webinarId: string;
  readonly token: string;
  readonly name: string;
}

export function StageRoom({ session, media, audience, view, webinarId, token, name }: StageRoomProps) {
  const { roster } = view;
  const status = stageStatus(view.phase, view.sendHealth, view.recvHealth);
  const unheard = unheardNotice(roster);
  const may = (permission: Permission): boolean => roster.permissions.includes(permission);
  const panels = panelsFor(roster);
  // On a phone the panel would cover the stage: there it is opened when it is wanted.
  const [chosen, setPanel] = useState<Panel | undefined>(() =>
    panels[0] === 'program' && matchMedia('(min-width: 52.01rem)').matches ? 'program' : undefined,
  );
  const panel = chosen !== undefined && panels.includes(chosen) ? chosen : undefined;
  const [arrangement, setArrangement] = useState<StageArrangement>('grid');
  const toggle = (one: Panel): void => setPanel(panel === one ? undefined : one);
  const waitingCount = roster.greenRoom?.waiting.length ?? 0;
  return (
    <div class={panel === undefined ? 'stage' : 'stage with-program'}>
      <header class="stage-head">
        <h1>{roster.title}</h1>
        <StateBadge state={roster.webinarState} />
        <span class="people">
          <Badge>{roster.peers.length + 1} on stage</Badge>
          {roster.audience !== undefined && <AudienceBadge audience={roster.audience} />}
        </span>
        <span class="spacer" />
        <ViewerLink webinarId={webinarId} token={token} isHost={may('record')} isPrivate={roster.isPrivate} />
        {panels.includes('program') && (
          <Button label="Program" icon="layout" isPressed={panel === 'program'} onClick={() => toggle('program')} />
        )}
        {panels.includes('people') && (
          <Button
            label={waitingCount === 0 ? 'People' : `People (${waitingCount} waiting)`}
            icon="people"
            isPressed={panel === 'people'}
            onClick={() => toggle('people')}
          />
        )}
        <AudienceButton audience={audience} isPressed={panel === 'audience'} onClick={() => toggle('audience')} />
        {may('record') && <LiveControl session={session} state={roster.webinarState} />}
      </header>
      <div class="stage-messages" role="status">
        {status !== undefined && <p class={`status-line ${status.tone}`}>{status.text}</p>}
        {view.message !== undefined && (
          <Notice tone="bad" title={view.message}>
            <Button label="Dismiss" onClick={() => session.dismissMessage()} />
          </Notice>
        )}
        {unheard !== undefined && (
          <Notice tone="warn" title={unheard.title}>
            <p>{unheard.fix}</p>
          </Notice>
        )}
        <DeviceProblems media={media} />
        <ScreenProblemNotice session={session} />
      </div>
      <Tiles session={session} media={media} view={view} name={name} arrangement={arrangement} />
      <StageControls session={session} media={media} view={view}>
        {roster.peers.length > 0 && (
          <Button
            label="Speaker view"
            icon="speakerView"
            isIconOnly
            isPressed={arrangement === 'speaker'}
            onClick={() => setArrangement(arrangement === 'speaker' ? 'grid' : 'speaker')}
          />
        )}
      </StageControls>
      {panel === 'program' && (
        <ProgramPanel host={session.program} roster={roster} ownName={name} onClose={() => setPanel(undefined)} />
      )}
      {panel === 'people' && (
        <PeoplePanel people={session.people} roster={roster} onClose={() => setPanel(undefined)} />
      )}
      {panel === 'audience' && <AudiencePanel session={audience} onClose={() => setPanel(undefined)} />}
    </div>
  );
}

interface AudienceButtonProps {
  readonly audience: AudienceSession;
  readonly isPressed: boolean;
  readonly onClick: () => void;
}

function AudienceButton({ audience, isPressed, onClick }: AudienceButtonProps) {
  const { hands } = useStore(audience.view).conversation;
  const label = hands.length === 0 ? 'Audience' : `Audience (${hands.length} ${hands.length === 1 ? 'hand' : 'hands'})`;
  return <Button label={label} icon="chat" isPressed={isPressed} onClick={onClick} />;
}

type Panel = 'program' | 'people' | 'audience';

/** What one may open, first what is open at first. */
function panelsFor({ permissions }: Roster): readonly Panel[] {
  const canSeePeople = (['admit', 'moderate', 'managePermissions'] as const).some((one) => permissions.includes(one));
  const panels: Panel[] = permissions.includes('changeLayout') ? ['program'] : [];
  if (canSeePeople) panels.push('people');
  return [...panels, 'audience'];
}

function ScreenProblemNotice({ session }: Pick<StageRoomProps, 'session'>) {
  const { problem } = useStore(session.screen.state);
  if (problem === undefined) return null;
  return (
    <Notice tone="warn" title={problem.title}>
      <p>{problem.fix}</p>
      <Button label="Dismiss" onClick={() => session.screen.dismissProblem()} />
    </Notice>
  );
}
