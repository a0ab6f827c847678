/** The door of the green room and who stands behind it. */
import type { GreenRoom } from '../../../../src/signaling/protocol/index.ts';
import { Button } from '../../ui/components.tsx';
import { type PeopleHost } from './people-host.ts';
import { RemoveButton } from './remove-button.tsx';
import { readinessText } from './people-words.ts';

interface GreenRoomListProps {
  readonly people: PeopleHost;
  readonly greenRoom: GreenRoom;
}

export function GreenRoomList({ people, greenRoom: { isOn, waiting } }: GreenRoomListProps) {
  return (
    <section aria-label="Green room">
      <h3>Green room</h3>
      <label class="check">
        <input
          type="checkbox"
          checked={isOn}
          onChange={(event) => void people.setGreenRoom(event.currentTarget.checked)}
        />
        Panelists wait here until they are let in
      </label>
      <div role="status">{waiting.length === 0 && <p class="muted small">Nobody is waiting.</p>}</div>
      <ul class="person-list">
        {waiting.map(({ peerId, displayName, title, readiness }) => (
          <li key={peerId} class="person">
            <div class="person-head">
              <span class="person-name">
                <strong>{displayName}</strong>
                {title !== undefined && <span class="muted small">{title}</span>}
                <span class="muted small">{readinessText(readiness)}</span>
              </span>
            </div>
            <div class="row">
              <Button tone="primary" label="Let in" onClick={() => void people.admit(peerId)} />
              <RemoveButton people={people} person={{ peerId, displayName }} />
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
