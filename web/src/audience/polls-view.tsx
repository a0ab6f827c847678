/** Polls, newest first: vote while open, bars once one has voted or it is over. */
import { useState } from 'preact/hooks';
import type { Poll } from '../../../src/signaling/protocol/index.ts';
import { Badge, Button } from '../ui/components.tsx';
import { type AudienceSession } from './audience-session.ts';
import { type ConversationState } from './conversation-state.ts';

interface PollsViewProps {
  readonly session: AudienceSession;
  readonly conversation: ConversationState;
}

export function PollsView({ session, conversation }: PollsViewProps) {
  const { polls, votes, permissions } = conversation;
  const canModerate = permissions.includes('moderate');
  return (
    <>
      <ul class="messages" aria-label="Polls" tabIndex={0}>
        {polls.length === 0 && <li class="muted small">There is no poll yet.</li>}
        {polls.toReversed().map((poll) => (
          <PollItem
            key={poll.pollId}
            session={session}
            poll={poll}
            ownOption={votes[poll.pollId]}
            canModerate={canModerate}
          />
        ))}
      </ul>
      {canModerate && <PollForm session={session} />}
    </>
  );
}

interface PollItemProps {
  readonly session: AudienceSession;
  readonly poll: Poll;
  readonly ownOption: number | undefined;
  readonly canModerate: boolean;
}

function PollItem({ session, poll, ownOption, canModerate }: PollItemProps) {
  const { pollId, question, options, counts, isOpen } = poll;
  const voteCount = counts.reduce((sum, count) => sum + count, 0);
  // Who has not voted is not to be led by the others.
  const isShown = !isOpen || ownOption !== undefined || canModerate;
  return (
    <li class="message poll">
      <span class="message-head">
        <strong>
          <bdi>{question}</bdi>
        </strong>
        <Badge tone={isOpen ? 'live' : 'plain'}>{isOpen ? 'Open' : 'Closed'}</Badge>
      </span>
      <div class="poll-options" role="group" aria-label={question}>
        {options.map((option, index) => {
          const share = voteCount === 0 ? 0 : (counts[index] ?? 0) / voteCount;
          return (
            <button
              key={option}
              type="button"
              class="poll-option"
              disabled={!isOpen}
              aria-pressed={ownOption === index}
              onClick={() => void session.vote(pollId, index)}
            >
              {isShown && <span class="poll-bar" style={{ '--share': String(share) }} />}
              <span class="poll-label">
                <bdi>{option}</bdi>
              </span>
              {isShown && (
                <span class="number">
                  {Math.round(share * 100)} %<span class="visually-hidden">, {counts[index] ?? 0} votes</span>
                </span>
              )}
            </button>
          );
        })}
      </div>
      <span class="message-actions">
        <span class="muted small">
          {voteCount} {voteCount === 1 ? 'vote' : 'votes'}
        </span>
        {canModerate && isOpen && (
          <Button label="Close poll" onClick={() => void session.ask('closePoll', { pollId })} />
        )}
      </span>
    </li>
  );
}

const maxOptionCount = 10;

function PollForm({ session }: { readonly session: AudienceSession }) {
  const [question, setQuestion] = useState('');
  const [lines, setLines] = useState('');
  const options = [...new Set(lines.split('\n').map((line) => line.trim()))].filter((line) => line !== '');
  const isReady = question.trim() !== '' && options.length >= 2 && options.length <= maxOptionCount;
  const submit = async (): Promise<void> => {
    if (!(await session.ask('openPoll', { question: question.trim(), options }))) return;
    setQuestion('');
    setLines('');
  };
  return (
    <details>
      <summary>New poll</summary>
      <form
        class="poll-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) void submit();
        }}
      >
        <label class="field">
          Question
          <input
            type="text"
            maxLength={200}
            value={question}
            onInput={(event) => setQuestion(event.currentTarget.value)}
          />
        </label>
        <label class="field">
          Answers, one per line, two to ten
          <textarea rows={4} maxLength={1000} value={lines} onInput={(event) => setLines(event.currentTarget.value)} />
        </label>
        <Button type="submit" tone="primary" label="Open poll" isDisabled={!isReady} />
      </form>
    </details>
  );
}
