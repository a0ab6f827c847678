/** A webinar's state in one word. */
import type { WebinarState } from '../../../src/signaling/protocol/index.ts';
import { Badge } from './components.tsx';

const words: Readonly<Record<WebinarState, string>> = {
  idle: 'Not live',
  starting: 'Starting',
  live: 'LIVE',
  ending: 'Ending',
};

export function StateBadge({ state }: { readonly state: WebinarState }) {
  return <Badge tone={state === 'live' ? 'live' : 'plain'}>{words[state]}</Badge>;
}
