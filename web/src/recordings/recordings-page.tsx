/** The recordings page: asks for the API key, lists recordings, follows the ones still being finished. */
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { ApiError, messageOf } from '../lib/api-error.ts';
import { browserScheduler, type Timer } from '../lib/scheduler.ts';
import { Button, Notice, Spinner, TopBar } from '../ui/components.tsx';
import { forgetApiKey, storeApiKey, storedApiKey } from './api-key.ts';
import { KeyForm } from './key-form.tsx';
import { RecordingCard } from './recording-card.tsx';
import { needsPolling, type RecordingSummary } from './recording-model.ts';
import { RecordingsApi } from './recordings-api.ts';

const busyPeriodMs = 3000;
const idlePeriodMs = 20_000;

export function RecordingsPage() {
  const [apiKey, setApiKey] = useState(storedApiKey);
  const [refusal, setRefusal] = useState<string>();
  const enter = (entered: string): void => {
    storeApiKey(entered);
    setRefusal(undefined);
    setApiKey(entered);
  };
  const forget = useCallback((reason?: string): void => {
    forgetApiKey();
    setRefusal(reason);
    setApiKey(undefined);
  }, []);
  return (
    <div class="page">
      <TopBar>{apiKey !== undefined && <Button label="Forget key" onClick={() => forget()} />}</TopBar>
      <main class="recordings">
        <h1>Recordings</h1>
        {apiKey === undefined ? (
          <KeyForm refusal={refusal} onEnter={enter} />
        ) : (
          <RecordingList apiKey={apiKey} onRefused={forget} />
        )}
      </main>
    </div>
  );
}

interface RecordingListProps {
  readonly apiKey: string;
  readonly onRefused: (reason: string) => void;
}

function RecordingList({ apiKey, onRefused }: RecordingListProps) {
  const api = useMemo(() => new RecordingsApi(apiKey), [apiKey]);
  const { recordings, failure } = useRecordings(api, onRefused);
  const [openId, setOpenId] = useState<string>();
  return (
    <>
      {failure !== undefined && (
        <Notice tone="bad" title="The list cannot be loaded">
          {failure} Trying again by itself.
        </Notice>
      )}
      {recordings === undefined && failure === undefined && (
        <p class="row" role="status">
          <Spinner /> Loading
        </p>
      )}
      {recordings?.length === 0 && (
        <Notice tone="plain" title="No recordings yet">
          Every live event is recorded and appears here when it starts.
        </Notice>
      )}
      <ul class="recording-list">
        {recordings?.map((recording) => (
          <RecordingCard
            key={recording.recordingId}
            api={api}
            recording={recording}
            isOpen={openId === recording.recordingId}
            onToggle={() => setOpenId(openId === recording.recordingId ? undefined : recording.recordingId)}
          />
        ))}
      </ul>
    </>
  );
}

function useRecordings(api: RecordingsApi, onRefused: (reason: string) => void) {
  const [recordings, setRecordings] = useState<readonly RecordingSummary[]>();
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    let timer: Timer | undefined;
    let isClosed = false;
    const load = async (): Promise<void> => {
      let periodMs = busyPeriodMs;
      try {
        const list = await api.list();
        if (isClosed) return;
        setRecordings([...list].sort((a, b) => b.startedAtMs - a.startedAtMs));
        setFailure(undefined);
        if (!needsPolling(list)) periodMs = idlePeriodMs;
      } catch (thrown) {
        if (isClosed) return;
        if (thrown instanceof ApiError && (thrown.status === 401 || thrown.status === 403)) {
          return onRefused('The server does not accept this key.');
        }
        setFailure(messageOf(thrown));
      }
      timer = browserScheduler.schedule(periodMs, () => void load());
    };
    void load();
    return () => {
      isClosed = true;
      timer?.cancel();
    };
  }, [api, onRefused]);
  return { recordings, failure };
}
