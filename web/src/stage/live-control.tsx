/** The host's switch: go live, or end the event after a question. */
import { useRef, useState } from 'preact/hooks';
import type { WebinarState } from '../../../src/signaling/protocol/index.ts';
import { Button } from '../ui/components.tsx';
import { type StageSession } from './stage-session.ts';

interface LiveControlProps {
  readonly session: StageSession;
  readonly state: WebinarState;
}

export function LiveControl({ session, state }: LiveControlProps) {
  const question = useRef<HTMLDialogElement>(null);
  const [isPending, setPending] = useState(false);
  const setLive = async (live: boolean): Promise<void> => {
    setPending(true);
    await session.setLive(live);
    setPending(false);
  };
  const isOn = state === 'live' || state === 'starting';
  return (
    <>
      {isOn ? (
        <Button tone="danger" label="End" isDisabled={isPending} onClick={() => question.current?.showModal()} />
      ) : (
        <Button
          tone="primary"
          label={isPending ? 'Starting' : 'Go live'}
          isDisabled={isPending || state === 'ending'}
          onClick={() => void setLive(true)}
        />
      )}
      <dialog ref={question} aria-labelledby="end-title">
        <div class="dialog-body">
          <h2 id="end-title">End the event for everyone?</h2>
          <p class="muted">Viewers see the end, and the recording is finished. The stage stays open.</p>
          <div class="row">
            <Button
              tone="danger"
              label="End event"
              onClick={() => {
                question.current?.close();
                void setLive(false);
              }}
            />
            <Button label="Keep going" onClick={() => question.current?.close()} />
          </div>
        </div>
      </dialog>
    </>
  );
}
