/** One person on stage, as a host sees them: what they send, and what can be done about it. */
import type { PeerInfo, Permission } from '../../../../src/signaling/protocol/index.ts';
import { Badge, Button } from '../../ui/components.tsx';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { hasPeerPicture, hasPeerScreen, isPeerMuted, type Roster } from '../roster.ts';
import { type PeopleHost } from './people-host.ts';
import { RemoveButton } from './remove-button.tsx';
import { grantable, roleWords, withPermission } from './permission-words.ts';

interface PersonRowProps {
  readonly people: PeopleHost;
  readonly peer: PeerInfo;
  readonly own: Pick<Roster, 'role' | 'permissions'>;
  /** Undefined at the end of the list. */
  readonly onMoveUp: (() => void) | undefined;
  readonly onMoveDown: (() => void) | undefined;
}

export function PersonRow({ people, peer, own, onMoveUp, onMoveDown }: PersonRowProps) {
  const { displayName, role } = peer;
  const may = (permission: Permission): boolean => own.permissions.includes(permission);
  // The server protects a host from everybody else too.
  const isProtected = role === 'host' && own.role !== 'host';
  return (
    <li class="person">
      <div class="person-head">
        <span class="person-name">
          <strong>{displayName}</strong>
          {role !== 'panelist' && <Badge>{roleWords[role]}</Badge>}
        </span>
        {may('changeLayout') && (
          <>
            <Button
              label={`Move ${displayName} up`}
              icon="up"
              isIconOnly
              isDisabled={onMoveUp === undefined}
              onClick={() => onMoveUp?.()}
            />
            <Button
              label={`Move ${displayName} down`}
              icon="down"
              isIconOnly
              isDisabled={onMoveDown === undefined}
              onClick={() => onMoveDown?.()}
            />
          </>
        )}
      </div>
      {!isProtected && may('moderate') && <Moderation people={people} peer={peer} canSendBack={may('admit')} />}
      {!isProtected && may('managePermissions') && (
        <Permissions people={people} peer={peer} isHost={own.role === 'host'} />
      )}
    </li>
  );
}

interface ModerationProps {
  readonly people: PeopleHost;
  readonly peer: PeerInfo;
  readonly canSendBack: boolean;
}

function Moderation({ people, peer, canSendBack }: ModerationProps) {
  const { peerId, displayName } = peer;
  return (
    <div class="row" role="group" aria-label={`Actions on ${displayName}`}>
      <Button
        label="Mute"
        icon="micOff"
        isDisabled={isPeerMuted(peer)}
        onClick={() => void people.stopSource(peerId, 'microphone')}
      />
      <Button
        label="Camera off"
        icon="cameraOff"
        isDisabled={!hasPeerPicture(peer)}
        onClick={() => void people.stopSource(peerId, 'camera')}
      />
      {hasPeerScreen(peer) && (
        <Button label="Stop screen" icon="screenOff" onClick={() => void people.stopSource(peerId, 'screen')} />
      )}
      {canSendBack && <Button label="To green room" onClick={() => void people.sendToGreenRoom(peerId)} />}
      <RemoveButton people={people} person={peer} />
    </div>
  );
}

interface PermissionsProps {
  readonly people: PeopleHost;
  readonly peer: PeerInfo;
  readonly isHost: boolean;
}

function Permissions({ people, peer, isHost }: PermissionsProps) {
  const { peerId, role, permissions } = peer;
  const otherRole = role === 'coHost' ? 'panelist' : 'coHost';
  return (
    <details class="look-details">
      <summary>Role and permissions</summary>
      <div class="row">
        {role !== 'host' && (
          <Button label={`Make ${roleWords[otherRole]}`} onClick={() => void people.setRole(peerId, otherRole)} />
        )}
        {isHost && role !== 'host' && (
          <ConfirmButton
            label="Hand over the event"
            question={`Make ${peer.displayName} the host?`}
            consequence="You stay on stage as co-host, and only they can give you the event back."
            confirmLabel="Hand over"
            onConfirm={() => void people.handOver(peerId)}
          />
        )}
      </div>
      {grantable.map(({ permission, label }) => (
        <label class="check" key={permission}>
          <input
            type="checkbox"
            checked={permissions.includes(permission)}
            onChange={(event) =>
              void people.setPermissions(peerId, withPermission(permissions, permission, event.currentTarget.checked))
            }
          />
          {label}
        </label>
      ))}
    </details>
  );
}
