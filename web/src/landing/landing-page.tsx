/** What Rostrum is, and the way into the demo webinar. */
import { useEffect, useState } from 'preact/hooks';
import { ApiError, messageOf } from '../lib/api-error.ts';
import { fetchDemo, type Demo } from '../lib/public-api.ts';
import { browserScheduler, type Timer } from '../lib/scheduler.ts';
import { Notice, Spinner, TopBar } from '../ui/components.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { StateBadge } from '../ui/state-badge.tsx';

const refreshPeriodMs = 5000;

type DemoState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'none' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'ready'; readonly demo: Demo };

function useDemo(): DemoState {
  const [state, setState] = useState<DemoState>({ kind: 'loading' });
  useEffect(() => {
    let timer: Timer | undefined;
    let isClosed = false;
    const load = async (): Promise<void> => {
      const next = await fetchDemo().then(
        (demo): DemoState => ({ kind: 'ready', demo }),
        (thrown: unknown): DemoState =>
          thrown instanceof ApiError && thrown.status === 404
            ? { kind: 'none' }
            : { kind: 'failed', message: messageOf(thrown) },
      );
      if (isClosed) return;
      setState(next);
      timer = browserScheduler.schedule(refreshPeriodMs, () => void load());
    };
    void load();
    return () => {
      isClosed = true;
      timer?.cancel();
    };
  }, []);
  return state;
}

export function LandingPage() {
  return (
    <div class="page">
      <TopBar>
        <a href="/recordings">Recordings</a>
      </TopBar>
      <main class="landing">
        <section class="intro">
          <h1>A stage for a few, a program for thousands.</h1>
          <p class="muted">
            Rostrum is a webinar broadcaster you run yourself. Panelists meet in the browser, everyone else watches over
            plain HTTP about two seconds later, and the recording can be checked against its manifest at any time.
          </p>
        </section>
        <DemoCard state={useDemo()} />
        <ul class="facts">
          <li>
            <strong>Stage</strong>
            <span class="muted">Camera and microphone in the browser, nothing to install.</span>
          </li>
          <li>
            <strong>Program</strong>
            <span class="muted">One composed picture, the speaker large, on any device.</span>
          </li>
          <li>
            <strong>Recording</strong>
            <span class="muted">Complete or it says where not, checked object by object.</span>
          </li>
        </ul>
      </main>
    </div>
  );
}

function DemoCard({ state }: { readonly state: DemoState }) {
  switch (state.kind) {
    case 'loading':
      return (
        <section class="card row" aria-busy="true">
          <Spinner /> Looking for the demo webinar
        </section>
      );
    case 'none':
      return (
        <Notice tone="plain" title="No demo webinar on this server">
          Open the link you were invited with, or create a webinar through the API.
        </Notice>
      );
    case 'failed':
      return (
        <Notice tone="bad" title="The server cannot be reached">
          {state.message} Trying again by itself.
        </Notice>
      );
    case 'ready':
      return <DemoLinks demo={state.demo} />;
  }
}

function DemoLinks({ demo }: { readonly demo: Demo }) {
  const { host, panelist, viewer } = demo.links;
  return (
    <section class="card" aria-labelledby="demo-title">
      <div class="row">
        <h2 id="demo-title">{demo.title}</h2>
        <StateBadge state={demo.state} />
      </div>
      <ul class="links">
        {host !== undefined && <DemoLink href={host} name="Host" note="Go live and end the event" isFirst />}
        {panelist !== undefined && <DemoLink href={panelist} name="Panelist" note="Speak on stage" />}
        <DemoLink href={viewer} name="Viewer" note="Watch the program" />
      </ul>
      {host === undefined && (
        <p class="muted small">
          The host and panelist links are shown only on the machine the server runs on; it also prints them when it
          starts.
        </p>
      )}
    </section>
  );
}

function DemoLink(props: {
  readonly href: string;
  readonly name: string;
  readonly note: string;
  readonly isFirst?: boolean;
}) {
  const url = new URL(props.href, location.href).href;
  return (
    <li>
      <a class={props.isFirst === true ? 'button primary' : 'button'} href={url}>
        Open as {props.name.toLowerCase()}
      </a>
      <span class="muted small">{props.note}</span>
      <span class="spacer" />
      <CopyButton label="Copy link" text={url} />
    </li>
  );
}
