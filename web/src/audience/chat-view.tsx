/** The chat: what was said, oldest first, and a line to say something. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ChatChannel, ChatMessage } from '../../../src/signaling/protocol/index.ts';
import { formatTimeOfDay } from '../lib/format.ts';
import { Badge, Button } from '../ui/components.tsx';
import { type AudienceSession } from './audience-session.ts';
import { type ConversationState } from './conversation-state.ts';
import { LineForm } from './line-form.tsx';
import { NameForm } from './name-form.tsx';

interface ChatViewProps {
  readonly session: AudienceSession;
  readonly conversation: ConversationState;
}

export function ChatView({ session, conversation }: ChatViewProps) {
  const { messages, role, name, rules, isSilenced } = conversation;
  const isOfStage = role !== 'viewer';
  const [channel, setChannel] = useState<ChatChannel>('public');
  const isClosed = isSilenced || (!isOfStage && !rules.chat);
  return (
    <>
      <MessageList session={session} conversation={conversation} messages={messages} />
      {isOfStage && (
        <label class="field inline">
          To
          <select value={channel} onChange={(event) => setChannel(event.currentTarget.value as ChatChannel)}>
            <option value="public">Everyone</option>
            <option value="backstage">Backstage only</option>
          </select>
        </label>
      )}
      {isClosed ? (
        <p class="muted small">{isSilenced ? 'A moderator has silenced you.' : 'The chat is closed.'}</p>
      ) : name === undefined ? (
        <NameForm session={session} reason="to write" />
      ) : (
        <LineForm
          label="Message"
          action="Send"
          maxLength={500}
          onSubmit={(text) => session.ask('say', { channel, text })}
        />
      )}
    </>
  );
}

interface MessageListProps extends ChatViewProps {
  readonly messages: readonly ChatMessage[];
}

/** Follows the newest message unless somebody has scrolled back to read. */
function MessageList({ session, conversation, messages }: MessageListProps) {
  const list = useRef<HTMLOListElement>(null);
  const isFollowing = useRef(true);
  useEffect(() => {
    if (isFollowing.current && list.current !== null) list.current.scrollTop = list.current.scrollHeight;
  }, [messages]);
  const onScroll = (): void => {
    const box = list.current;
    if (box !== null) isFollowing.current = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
  };
  const canModerate = conversation.permissions.includes('moderate');
  return (
    <ol class="messages" ref={list} aria-label="Chat" aria-live="polite" tabIndex={0} onScroll={onScroll}>
      {messages.length === 0 && <li class="muted small">Nobody has written yet.</li>}
      {messages.map(({ messageId, author, channel, text, atMs }) => (
        <li key={messageId} class={channel === 'backstage' ? 'message backstage' : 'message'}>
          <span class="message-head">
            <strong>
              <bdi>{author.name}</bdi>
            </strong>
            {author.role !== 'viewer' && <Badge>Stage</Badge>}
            {channel === 'backstage' && <Badge tone="warn">Backstage</Badge>}
            <time class="muted small">{formatTimeOfDay(atMs)}</time>
          </span>
          <span class="message-text">
            <bdi>{text}</bdi>
          </span>
          {canModerate && (
            <span class="message-actions">
              <Button label="Hide" onClick={() => void session.ask('hide', { entryId: messageId })} />
              {author.role === 'viewer' && (
                <Button
                  label="Silence"
                  onClick={() => void session.ask('silence', { personId: author.personId, isSilenced: true })}
                />
              )}
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}
