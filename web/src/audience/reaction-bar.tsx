/** Reactions to press, a hand to raise, and what others react floating by. */
import { useEffect, useState } from 'preact/hooks';
import type { Reaction } from '../../../src/signaling/protocol/index.ts';
import { Button } from '../ui/components.tsx';
import { type AudienceSession } from './audience-session.ts';
import { type ConversationState } from './conversation-state.ts';
import { NameForm } from './name-form.tsx';
import { floatingSigns, reactionSigns } from './reactions.ts';

interface ReactionBarProps {
  readonly session: AudienceSession;
  readonly conversation: ConversationState;
}

export function ReactionBar({ session, conversation }: ReactionBarProps) {
  const { role, rules, isSilenced } = conversation;
  const isClosed = isSilenced || (role === 'viewer' && !rules.reactions);
  return (
    <div class="reaction-bar">
      <Floating session={session} />
      <div class="row" role="group" aria-label="Reactions">
        {(Object.entries(reactionSigns) as [Reaction, { sign: string; label: string }][]).map(
          ([reaction, { sign, label }]) => (
            <button
              key={reaction}
              type="button"
              class="reaction"
              aria-label={label}
              title={label}
              disabled={isClosed}
              onClick={() => void session.ask('react', { reaction })}
            >
              {sign}
            </button>
          ),
        )}
        {role === 'viewer' && <HandButton session={session} conversation={conversation} />}
      </div>
    </div>
  );
}

/** A hand has a name: who has not said theirs is asked for it. */
function HandButton({ session, conversation }: ReactionBarProps) {
  const { isHandRaised, isSilenced, name, rules } = conversation;
  const [isAskingName, setAskingName] = useState(false);
  useEffect(() => {
    if (!isAskingName || name === undefined) return;
    setAskingName(false);
    void session.setHand(true);
  }, [session, isAskingName, name]);
  const toggle = (): void => {
    if (name === undefined) setAskingName((isAsking) => !isAsking);
    else void session.setHand(!isHandRaised);
  };
  return (
    <>
      <Button
        label={isHandRaised ? 'Lower hand' : 'Raise hand'}
        icon="hand"
        isPressed={isHandRaised}
        isDisabled={!isHandRaised && (isSilenced || !rules.hands)}
        onClick={toggle}
      />
      {isAskingName && <NameForm session={session} reason="to raise your hand" />}
    </>
  );
}

/** Decoration: counts are for the eye, and a screen reader has the program to follow. */
function Floating({ session }: Pick<ReactionBarProps, 'session'>) {
  const [shown, setShown] = useState<readonly { readonly key: number; readonly sign: string }[]>([]);
  useEffect(() => {
    let key = 0;
    session.onReactions = (counts) => setShown(floatingSigns(counts).map((sign) => ({ key: key++, sign })));
    return () => void (session.onReactions = () => undefined);
  }, [session]);
  return (
    <div class="floating" aria-hidden="true">
      {shown.map(({ key, sign }, index) => (
        <span key={key} style={{ '--index': String(index) }}>
          {sign}
        </span>
      ))}
    </div>
  );
}
