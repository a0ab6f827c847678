/** For hosts: how many watch, and when something is wrong with what they get. */
import type { AudienceStats } from '../../../src/signaling/protocol/index.ts';
import { Badge } from '../ui/components.tsx';
import { audienceWords } from './audience-words.ts';

export function AudienceBadge({ audience }: { readonly audience: AudienceStats }) {
  const { short, long, isTroubled } = audienceWords(audience);
  return (
    <span title={long}>
      <Badge tone={isTroubled ? 'warn' : 'plain'}>{short}</Badge>
      <span class="visually-hidden">{long}</span>
    </span>
  );
}
