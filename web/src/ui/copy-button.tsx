/** Copies a link, says so, and shows the link itself where the browser offers no clipboard. */
import { useEffect, useState } from 'preact/hooks';
import { browserScheduler } from '../lib/scheduler.ts';
import { Button } from './components.tsx';

const shownForMs = 2500;

interface CopyButtonProps {
  readonly label: string;
  /** Undefined while it is not known: nothing can be copied yet. */
  readonly text: string | undefined;
}

export function CopyButton({ label, text }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<'idle' | 'copied' | 'refused'>('idle');
  useEffect(() => {
    if (outcome !== 'copied') return;
    const timer = browserScheduler.schedule(shownForMs, () => setOutcome('idle'));
    return () => timer.cancel();
  }, [outcome]);
  const copy = (): void => {
    if (text === undefined) return;
    // `clipboard` is missing on insecure origins, whatever the typings say.
    const clipboard = navigator.clipboard as Clipboard | undefined;
    if (clipboard === undefined) return setOutcome('refused');
    clipboard.writeText(text).then(
      () => setOutcome('copied'),
      () => setOutcome('refused'),
    );
  };
  if (outcome === 'refused') {
    return (
      <label class="field">
        <span class="visually-hidden">{label}</span>
        <input readOnly value={text} onFocus={(event) => event.currentTarget.select()} />
      </label>
    );
  }
  return (
    <span role="status">
      <Button
        label={outcome === 'copied' ? 'Copied' : label}
        icon={outcome === 'copied' ? 'check' : 'copy'}
        isDisabled={text === undefined}
        onClick={copy}
      />
    </span>
  );
}
