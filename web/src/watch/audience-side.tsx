/** The conversation beside the picture, its button in the bar, and the invitation onto the stage. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { AudiencePanel } from '../audience/audience-panel.tsx';
import { type AudienceSession } from '../audience/audience-session.ts';
import { useStore } from '../lib/use-store.ts';
import { Button } from '../ui/components.tsx';
import { type Audience } from './use-audience.ts';

type Panel = typeof AudiencePanel;

export function AudienceSide({ audience: { session, isOpen, setOpen } }: { readonly audience: Audience }) {
  const [panel, setPanel] = useState<{ readonly Panel: Panel }>();
  const isWanted = isOpen && session !== undefined;
  useEffect(() => {
    if (!isWanted || panel !== undefined) return;
    // When it cannot be had, the button that was pressed may be pressed again.
    import('../audience/audience-panel.tsx').then(
      ({ AudiencePanel: loaded }) => setPanel({ Panel: loaded }),
      () => setOpen(false),
    );
  }, [isWanted, panel, setOpen]);
  if (!isWanted || panel === undefined) return null;
  return <panel.Panel session={session} onClose={() => setOpen(false)} />;
}

export function AudienceButton({ audience }: { readonly audience: Audience }) {
  const { session } = audience;
  return session === undefined ? null : <WithUnread session={session} audience={audience} />;
}

function WithUnread({ session, audience }: { readonly session: AudienceSession; readonly audience: Audience }) {
  const { isOpen, setOpen } = audience;
  const { messages } = useStore(session.view).conversation;
  const readId = useRef<string | undefined>(undefined);
  const newestId = messages.at(-1)?.messageId;
  if (isOpen || readId.current === undefined) readId.current = newestId;
  const unreadCount = isOpen ? 0 : messages.length - 1 - messages.findIndex((one) => one.messageId === readId.current);
  const hasUnread = unreadCount > 0 && unreadCount < messages.length;
  return (
    <span class={hasUnread ? 'chat-button unread' : 'chat-button'}>
      <Button
        label={hasUnread ? `Chat and questions, ${unreadCount} new` : 'Chat and questions'}
        icon="chat"
        isIconOnly
        isPressed={isOpen}
        onClick={() => setOpen(!isOpen)}
      />
    </span>
  );
}

interface InvitedNoticeProps {
  readonly audience: Audience;
  readonly onTakeUp: (stageToken: string) => void;
}

export function InvitedNotice({ audience: { session }, onTakeUp }: InvitedNoticeProps) {
  return session === undefined ? null : <Invitation session={session} onTakeUp={onTakeUp} />;
}

function Invitation({
  session,
  onTakeUp,
}: {
  readonly session: AudienceSession;
  readonly onTakeUp: (token: string) => void;
}) {
  const { stageToken } = useStore(session.view);
  if (stageToken === undefined) return null;
  return (
    <div class="invited" role="alert">
      <p>The host invites you onto the stage.</p>
      <div class="row">
        <Button tone="primary" label="Go on stage" onClick={() => onTakeUp(stageToken)} />
        <Button label="Not now" onClick={() => session.dropStageToken()} />
      </div>
    </div>
  );
}
