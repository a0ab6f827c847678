/** Asks first: whoever is removed cannot come back by themselves. */
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { type PeopleHost } from './people-host.ts';

interface RemoveButtonProps {
  readonly people: PeopleHost;
  readonly person: { readonly peerId: string; readonly displayName: string };
}

export function RemoveButton({ people, person: { peerId, displayName } }: RemoveButtonProps) {
  return (
    <ConfirmButton
      tone="danger"
      label="Remove"
      question={`Remove ${displayName} from this event?`}
      consequence="They leave at once, and their link does not let them in again."
      confirmLabel={`Remove ${displayName}`}
      onConfirm={() => void people.remove(peerId)}
    />
  );
}
