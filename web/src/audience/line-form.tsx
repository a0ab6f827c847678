/** One line of text and a button; what was not taken stays to be sent again. */
import { useState } from 'preact/hooks';
import { Button } from '../ui/components.tsx';

interface LineFormProps {
  readonly label: string;
  readonly action: string;
  readonly maxLength: number;
  /** Resolves to whether it was taken. */
  readonly onSubmit: (text: string) => Promise<boolean>;
}

export function LineForm({ label, action, maxLength, onSubmit }: LineFormProps) {
  const [text, setText] = useState('');
  const [isPending, setPending] = useState(false);
  const trimmed = text.trim();
  const submit = async (): Promise<void> => {
    setPending(true);
    if (await onSubmit(trimmed)) setText('');
    setPending(false);
  };
  return (
    <form
      class="line-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (trimmed !== '' && !isPending) void submit();
      }}
    >
      <input
        type="text"
        class="input"
        aria-label={label}
        placeholder={label}
        autocomplete="off"
        maxLength={maxLength}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <Button type="submit" tone="primary" label={action} isDisabled={isPending || trimmed === ''} />
    </form>
  );
}
