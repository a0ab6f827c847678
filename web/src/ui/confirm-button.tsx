/** A button for what cannot be taken back: asks in a dialog first. */
import { useId, useRef } from 'preact/hooks';
import { Button } from './components.tsx';

interface ConfirmButtonProps {
  readonly label: string;
  readonly tone?: 'danger';
  readonly isDisabled?: boolean;
  readonly question: string;
  readonly consequence: string;
  /** What the dialog's own button says. */
  readonly confirmLabel: string;
  readonly onConfirm: () => void;
}

export function ConfirmButton(props: ConfirmButtonProps) {
  const { label, tone, isDisabled = false, question, consequence, confirmLabel, onConfirm } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const confirm = (): void => {
    dialog.current?.close();
    onConfirm();
  };
  const look = tone === undefined ? {} : { tone };
  return (
    <>
      <Button {...look} label={label} isDisabled={isDisabled} onClick={() => dialog.current?.showModal()} />
      <dialog ref={dialog} aria-labelledby={titleId}>
        <div class="dialog-body">
          <h2 id={titleId}>{question}</h2>
          <p class="muted">{consequence}</p>
          <div class="row">
            <Button tone={tone ?? 'primary'} label={confirmLabel} onClick={confirm} />
            <Button label="Cancel" onClick={() => dialog.current?.close()} />
          </div>
        </div>
      </dialog>
    </>
  );
}
