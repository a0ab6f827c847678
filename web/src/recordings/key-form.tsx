/** Asks for the API key; it stays in this tab. */
import { useState } from 'preact/hooks';
import { Button, Notice } from '../ui/components.tsx';

interface KeyFormProps {
  readonly refusal: string | undefined;
  readonly onEnter: (apiKey: string) => void;
}

export function KeyForm({ refusal, onEnter }: KeyFormProps) {
  const [entered, setEntered] = useState('');
  return (
    <form
      class="card key-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (entered.trim() !== '') onEnter(entered.trim());
      }}
    >
      <p class="muted">
        Recordings are for the organisers. Enter the API key that the server printed when it first started; it is kept
        in this tab only.
      </p>
      {refusal !== undefined && <Notice tone="bad" title={refusal} />}
      <label class="field">
        API key
        <input
          type="password"
          name="api-key"
          autocomplete="off"
          spellcheck={false}
          required
          value={entered}
          onInput={(event) => setEntered(event.currentTarget.value)}
        />
      </label>
      <div class="row">
        <Button type="submit" tone="primary" label="Show recordings" />
      </div>
    </form>
  );
}
