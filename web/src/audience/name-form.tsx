/** Asks a viewer for their name, once, when something needs it. */
import { parseDisplayName, displayNameMaxLength } from '../lib/display-name.ts';
import { type AudienceSession } from './audience-session.ts';
import { LineForm } from './line-form.tsx';

interface NameFormProps {
  readonly session: AudienceSession;
  /** "to write". */
  readonly reason: string;
}

export function NameForm({ session, reason }: NameFormProps) {
  const submit = async (text: string): Promise<boolean> => {
    const displayName = parseDisplayName(text);
    return displayName !== undefined && session.setName(displayName);
  };
  return (
    <div class="name-form">
      <p class="muted small">Say your name {reason}. Everybody sees it.</p>
      <LineForm label="Your name" action="OK" maxLength={displayNameMaxLength} onSubmit={submit} />
    </div>
  );
}
