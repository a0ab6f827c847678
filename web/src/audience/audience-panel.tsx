/** Chat, questions and polls side by side, for viewers and for the stage. */
import { useId, useState } from 'preact/hooks';
import { useStore } from '../lib/use-store.ts';
import { Button, Notice } from '../ui/components.tsx';
import { ChatView } from './chat-view.tsx';
import { HandsList } from './hands-list.tsx';
import { PollsView } from './polls-view.tsx';
import { QuestionsView } from './questions-view.tsx';
import { ReactionBar } from './reaction-bar.tsx';
import { RulesForm } from './rules-form.tsx';
import { type AudienceSession } from './audience-session.ts';
import './audience.css';

const tabs = [
  { id: 'chat', label: 'Chat' },
  { id: 'questions', label: 'Questions' },
  { id: 'polls', label: 'Polls' },
] as const;
type TabId = (typeof tabs)[number]['id'];

interface AudiencePanelProps {
  readonly session: AudienceSession;
  readonly onClose: () => void;
}

export function AudiencePanel({ session, onClose }: AudiencePanelProps) {
  const { phase, conversation, message } = useStore(session.view);
  const [tab, setTab] = useState<TabId>('chat');
  const idPrefix = useId();
  const { permissions, polls, questions } = conversation;
  const counts: Readonly<Record<TabId, number>> = {
    chat: 0,
    questions: questions.filter(({ state }) => state !== 'answered').length,
    polls: polls.filter(({ isOpen }) => isOpen).length,
  };
  const canModerate = permissions.includes('moderate');
  return (
    <aside class="audience" aria-label="Audience">
      <header class="audience-head">
        <div class="tabs" role="tablist" aria-label="Audience">
          {tabs.map(({ id, label }) => (
            <button
              key={id}
              type="button"
              role="tab"
              id={`${idPrefix}-${id}`}
              aria-selected={tab === id}
              aria-controls={`${idPrefix}-panel`}
              onClick={() => setTab(id)}
            >
              {counts[id] === 0 ? label : `${label} (${counts[id]})`}
            </button>
          ))}
        </div>
        <span class="spacer" />
        <Button label="Close the panel" icon="close" isIconOnly onClick={onClose} />
      </header>
      {phase === 'lost' && <p class="status-line warn">Connection lost. Coming back by itself.</p>}
      {phase === 'off' && <p class="status-line">You do not take part here any more.</p>}
      {message !== undefined && (
        <Notice tone="warn" title={message}>
          <Button label="Dismiss" onClick={() => session.dismissMessage()} />
        </Notice>
      )}
      <HandsList session={session} hands={conversation.hands} />
      <div class="tab-panel" role="tabpanel" id={`${idPrefix}-panel`} aria-labelledby={`${idPrefix}-${tab}`}>
        {tab === 'chat' && <ChatView session={session} conversation={conversation} />}
        {tab === 'questions' && <QuestionsView session={session} conversation={conversation} />}
        {tab === 'polls' && <PollsView session={session} conversation={conversation} />}
      </div>
      <ReactionBar session={session} conversation={conversation} />
      {canModerate && <RulesForm session={session} rules={conversation.rules} />}
    </aside>
  );
}
