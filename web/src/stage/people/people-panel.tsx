/** Who is here: the green room with its door, and everybody on stage with what a host can do about them. */
import { Button } from '../../ui/components.tsx';
import { type Roster } from '../roster.ts';
import { GreenRoomList } from './green-room-list.tsx';
import { type PeopleHost } from './people-host.ts';
import { PersonRow } from './person-row.tsx';
import './people.css';

interface PeoplePanelProps {
  readonly people: PeopleHost;
  readonly roster: Roster;
  readonly onClose: () => void;
}

export function PeoplePanel({ people, roster, onClose }: PeoplePanelProps) {
  const { peers, permissions, greenRoom } = roster;
  const peerIds = peers.map(({ peerId }) => peerId);
  const moveTo = (peerId: string, index: number): void => {
    const others = peerIds.filter((one) => one !== peerId);
    void people.setOrder(others.toSpliced(index, 0, peerId));
  };
  return (
    <aside class="program people-panel" aria-label="People">
      <header class="program-head">
        <h2>People</h2>
        <span class="spacer" />
        <Button label="Close the panel" icon="close" isIconOnly onClick={onClose} />
      </header>
      {greenRoom !== undefined && <GreenRoomList people={people} greenRoom={greenRoom} />}
      <h3>On stage</h3>
      {peers.length === 0 && <p class="muted small">Nobody but you yet.</p>}
      <ol class="person-list">
        {peers.map((peer, index) => (
          <PersonRow
            key={peer.peerId}
            people={people}
            peer={peer}
            own={{ role: roster.role, permissions }}
            onMoveUp={index === 0 ? undefined : () => moveTo(peer.peerId, index - 1)}
            onMoveDown={index === peers.length - 1 ? undefined : () => moveTo(peer.peerId, index + 1)}
          />
        ))}
      </ol>
    </aside>
  );
}
