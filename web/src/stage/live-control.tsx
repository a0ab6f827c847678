/** The host's switch: go live, or end the event after a question. */
import { useState } from 'preact/hooks';
import type { WebinarState } from '../../../src/signaling/protocol/index.ts';
import { Button } from '../ui/components.tsx';
import { ConfirmButton } from '../ui/confirm-button.tsx';
import { type StageSession } from './stage-session.ts';

interface LiveControlProps {
  readonly session: StageSession;
  readonly state: WebinarState;
}

export function LiveControl({ session, state }: LiveControlProps) {
  const [isPending, setPending] = useState(false);
  const setLive = async (live: boolean): Promise<void> => {
    setPending(true);
    await session.setLive(live);
    setPending(false);
  };
  if (state === 'live' || state === 'starting') {
    return (
      <ConfirmButton
        tone="danger"
        label="End"
        isDisabled={isPending}
        question="End the event for everyone?"
        consequence="Viewers see the end, and the recording is finished. The stage stays open."
        confirmLabel="End event"
        onConfirm={() => void setLive(false)}
      />
    );
  }
  return (
    <Button
      tone="primary"
      label={isPending ? 'Starting' : 'Go live'}
      isDisabled={isPending || state === 'ending'}
      onClick={() => void setLive(true)}
    />
  );
}
