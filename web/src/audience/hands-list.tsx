/** Whose hand is up, for those who can bring people onto the stage. */
import type { RaisedHand } from '../../../src/signaling/protocol/index.ts';
import { Button } from '../ui/components.tsx';
import { type AudienceSession } from './audience-session.ts';

interface HandsListProps {
  readonly session: AudienceSession;
  readonly hands: readonly RaisedHand[];
}

export function HandsList({ session, hands }: HandsListProps) {
  if (hands.length === 0) return null;
  return (
    <section class="hands" aria-label="Raised hands">
      <h3>
        <span role="status">
          {hands.length} {hands.length === 1 ? 'hand' : 'hands'} up
        </span>
      </h3>
      <ul class="person-list">
        {hands.map(({ personId, name, isInvited }) => (
          <li key={personId} class="person-head">
            <span class="person-name">
              <bdi>{name}</bdi>
            </span>
            <Button
              label={isInvited ? 'Invited' : 'Bring up'}
              tone="primary"
              isDisabled={isInvited}
              onClick={() => void session.ask('bringUp', { personId })}
            />
            <Button
              label={`Lower the hand of ${name}`}
              icon="close"
              isIconOnly
              onClick={() => void session.ask('lowerHand', { personId })}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
