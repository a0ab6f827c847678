/** What viewers may do, for moderators. */
import type { ConversationRules } from '../../../src/signaling/protocol/index.ts';
import { type AudienceSession } from './audience-session.ts';

const labels: Readonly<Record<keyof ConversationRules, string>> = {
  chat: 'Chat',
  questions: 'Questions',
  reactions: 'Reactions',
  hands: 'Raise a hand',
};

interface RulesFormProps {
  readonly session: AudienceSession;
  readonly rules: ConversationRules;
}

export function RulesForm({ session, rules }: RulesFormProps) {
  return (
    <details>
      <summary>Viewers may</summary>
      {(Object.entries(labels) as [keyof ConversationRules, string][]).map(([what, label]) => (
        <label class="check" key={what}>
          <input
            type="checkbox"
            checked={rules[what]}
            onChange={(event) => void session.ask('setRules', { ...rules, [what]: event.currentTarget.checked })}
          />
          {label}
        </label>
      ))}
    </details>
  );
}
