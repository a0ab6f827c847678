/** Runs one verification, when first drawn, and tells its result: what was checked, and each problem found. */
import { useEffect, useState } from 'preact/hooks';
import { messageOf } from '../lib/api-error.ts';
import { Notice, Spinner } from '../ui/components.tsx';
import { type VerifyResult } from './recording-model.ts';
import { type RecordingsApi } from './recordings-api.ts';

type Verification =
  | { readonly kind: 'running' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'done'; readonly result: VerifyResult };

interface VerifyPanelProps {
  readonly api: RecordingsApi;
  readonly recordingId: string;
}

export function VerifyPanel({ api, recordingId }: VerifyPanelProps) {
  const [verification, setVerification] = useState<Verification>({ kind: 'running' });
  useEffect(() => {
    let isClosed = false;
    api.verify(recordingId).then(
      (result) => !isClosed && setVerification({ kind: 'done', result }),
      (thrown: unknown) => !isClosed && setVerification({ kind: 'failed', message: messageOf(thrown) }),
    );
    return () => {
      isClosed = true;
    };
  }, [api, recordingId]);
  if (verification.kind === 'running') {
    return (
      <p class="row" role="status">
        <Spinner /> Reading every object back and comparing it with the manifest
      </p>
    );
  }
  if (verification.kind === 'failed') {
    return (
      <Notice tone="bad" title="The verification could not be run">
        {verification.message}
      </Notice>
    );
  }
  const { ok, checkedCount, problems } = verification.result;
  if (ok) {
    return (
      <Notice tone="ok" title="Complete and unchanged">
        {checkedCount} objects were read back and match the manifest.
      </Notice>
    );
  }
  return (
    <Notice tone="bad" title={`${problems.length} of ${checkedCount} objects have a problem`}>
      <ul class="problems">
        {problems.map(({ key, problem }) => (
          <li key={key}>
            <code>{key}</code>: {problem}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
