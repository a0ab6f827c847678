/** The stage in the viewer page: loaded when somebody was brought up, gone when they leave. */
import { useEffect, useState } from 'preact/hooks';
import type { StagePage } from '../stage/stage-page.tsx';
import { Button, Notice, Spinner } from '../ui/components.tsx';

interface OnStageProps {
  readonly webinarId: string;
  readonly token: string;
  readonly onLeave: () => void;
}

type Loaded = { readonly Page: typeof StagePage } | 'failed' | undefined;

export function OnStage({ webinarId, token, onLeave }: OnStageProps) {
  const [loaded, setLoaded] = useState<Loaded>();
  useEffect(() => {
    import('../stage/embedded.ts').then(
      ({ StagePage: Page }) => setLoaded({ Page }),
      () => setLoaded('failed'),
    );
  }, []);
  return (
    <div class="on-stage">
      {loaded === undefined && (
        <p class="page" role="status">
          <Spinner /> Opening the stage
        </p>
      )}
      {loaded === 'failed' && (
        <div class="page">
          <Notice tone="bad" title="The stage could not be loaded">
            <Button label="Back to watching" onClick={onLeave} />
          </Notice>
        </div>
      )}
      {typeof loaded === 'object' && <loaded.Page webinarId={webinarId} token={token} onLeave={onLeave} />}
    </div>
  );
}
