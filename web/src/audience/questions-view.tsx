/** Questions, the most wanted first. */
import type { Question } from '../../../src/signaling/protocol/index.ts';
import { Badge, Button } from '../ui/components.tsx';
import { type AudienceSession } from './audience-session.ts';
import { type ConversationState, sortedQuestions } from './conversation-state.ts';
import { LineForm } from './line-form.tsx';
import { NameForm } from './name-form.tsx';

interface QuestionsViewProps {
  readonly session: AudienceSession;
  readonly conversation: ConversationState;
}

export function QuestionsView({ session, conversation }: QuestionsViewProps) {
  const { questions, role, name, rules, isSilenced } = conversation;
  const isClosed = isSilenced || (role === 'viewer' && !rules.questions);
  return (
    <>
      <ul class="messages" aria-label="Questions" tabIndex={0}>
        {questions.length === 0 && <li class="muted small">Nobody has asked yet.</li>}
        {sortedQuestions(questions).map((question) => (
          <QuestionItem key={question.questionId} session={session} conversation={conversation} question={question} />
        ))}
      </ul>
      {isClosed ? (
        <p class="muted small">{isSilenced ? 'A moderator has silenced you.' : 'Questions are closed.'}</p>
      ) : name === undefined ? (
        <NameForm session={session} reason="to ask" />
      ) : (
        <LineForm label="Question" action="Ask" maxLength={300} onSubmit={(text) => session.ask('ask', { text })} />
      )}
    </>
  );
}

function QuestionItem({ session, conversation, question }: QuestionsViewProps & { readonly question: Question }) {
  const { questionId, author, text, state, voteCount } = question;
  const isUpvoted = conversation.upvotedIds.has(questionId);
  const mark = (next: Question['state']): void => void session.ask('markQuestion', { questionId, state: next });
  return (
    <li class={`message question ${state}`}>
      <span class="message-head">
        <strong>
          <bdi>{author.name}</bdi>
        </strong>
        {state === 'answering' && <Badge tone="live">Being answered</Badge>}
        {state === 'answered' && <Badge tone="ok">Answered</Badge>}
      </span>
      <span class="message-text">
        <bdi>{text}</bdi>
      </span>
      <span class="message-actions">
        <button
          type="button"
          class="button"
          aria-pressed={isUpvoted}
          aria-label={`I want to know that too; ${voteCount} ${voteCount === 1 ? 'vote' : 'votes'}`}
          onClick={() => void session.upvote(questionId, !isUpvoted)}
        >
          ▲ {voteCount}
        </button>
        {conversation.permissions.includes('moderate') && (
          <>
            {state !== 'answering' && <Button label="Answer" onClick={() => mark('answering')} />}
            {state !== 'answered' && <Button label="Answered" onClick={() => mark('answered')} />}
            <Button label="Hide" onClick={() => void session.ask('hide', { entryId: questionId })} />
          </>
        )}
      </span>
    </li>
  );
}
