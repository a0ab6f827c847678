/** One recording: what it is, how far it is, and what can be done with it. */
import { useState } from 'preact/hooks';
import { messageOf } from '../lib/api-error.ts';
import { formatBytes, formatClock } from '../lib/format.ts';
import { Badge, Button, Notice } from '../ui/components.tsx';
import { type RecordingState, type RecordingSummary } from './recording-model.ts';
import { RecordingPlayer } from './recording-player.tsx';
import { type RecordingsApi } from './recordings-api.ts';
import { VerifyPanel } from './verify-panel.tsx';

const stateWords: Readonly<
  Record<RecordingState, { readonly word: string; readonly tone: 'live' | 'warn' | 'ok' | 'bad' }>
> = {
  recording: { word: 'Recording', tone: 'live' },
  finishing: { word: 'Finishing', tone: 'warn' },
  ready: { word: 'Ready', tone: 'ok' },
  empty: { word: 'No media', tone: 'warn' },
  failed: { word: 'Failed', tone: 'bad' },
};

interface RecordingCardProps {
  readonly api: RecordingsApi;
  readonly recording: RecordingSummary;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

export function RecordingCard({ api, recording, isOpen, onToggle }: RecordingCardProps) {
  const { recordingId, title, state, failureCode } = recording;
  const [failure, setFailure] = useState<string>();
  const [verifyRun, setVerifyRun] = useState(0);
  const { word, tone } = stateWords[state];
  const isReady = state === 'ready';
  const download = async (): Promise<void> => {
    setFailure(undefined);
    try {
      location.assign(await api.link(recordingId, 'download'));
    } catch (thrown) {
      setFailure(messageOf(thrown));
    }
  };
  return (
    <li class="card" aria-label={title}>
      <div class="row">
        <h2>{title}</h2>
        <Badge tone={tone}>{word}</Badge>
      </div>
      <p class="muted small number">{factsOf(recording)}</p>
      {recording.warning !== undefined && (
        <Notice tone="warn" title="This recording is missing parts">
          {recording.warning}
        </Notice>
      )}
      {state === 'finishing' && <Finishing recording={recording} />}
      {state === 'failed' && (
        <p class="small">
          What was stored is kept. The server's log says why it could not be finished
          {failureCode === undefined ? '' : ` (${failureCode})`}.
        </p>
      )}
      {state === 'empty' && <p class="small">Nothing was recorded: the event ended before its first picture.</p>}
      {isReady && (
        <div class="row">
          <Button
            label={isOpen ? 'Close' : 'Play'}
            icon={isOpen ? 'pause' : 'play'}
            tone="primary"
            onClick={onToggle}
          />
          <Button label="Download" icon="download" onClick={() => void download()} />
          <Button label="Verify" icon="shield" onClick={() => setVerifyRun(verifyRun + 1)} />
        </div>
      )}
      {failure !== undefined && (
        <Notice tone="bad" title="That did not work">
          {failure}
        </Notice>
      )}
      {verifyRun > 0 && <VerifyPanel key={verifyRun} api={api} recordingId={recordingId} />}
      {isReady && isOpen && <RecordingPlayer api={api} recording={recording} />}
    </li>
  );
}

function factsOf({ state, startedAtMs, durationMs, sizeBytes }: RecordingSummary): string {
  const started = new Date(startedAtMs).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  if (state === 'empty') return started;
  const facts = [started];
  if (durationMs !== null) facts.push(formatClock(durationMs / 1000));
  if (sizeBytes !== null) facts.push(formatBytes(sizeBytes));
  return facts.join(' · ');
}

function Finishing({ recording: { phase, progressRatio } }: { readonly recording: RecordingSummary }) {
  const label = phase === undefined ? 'Finishing' : `Finishing: ${phase}`;
  const percent = progressRatio === undefined ? undefined : Math.round(progressRatio * 100);
  return (
    <div class="finishing">
      <progress max={100} {...(percent === undefined ? {} : { value: percent })} aria-label={label} />
      <span class="muted small number">{percent === undefined ? label : `${label}, ${percent} %`}</span>
    </div>
  );
}
