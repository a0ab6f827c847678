/** The page's part in the conversation: its code and its connection come when there is something to talk about. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { AudienceSession } from '../audience/audience-session.ts';
import { browserScheduler } from '../lib/scheduler.ts';
import { type ViewerPass } from './viewer-pass.ts';

/** An audience that comes with the first picture does not come within the same moment. */
const spreadMs = 2000;

export interface Audience {
  /** Undefined until it was loaded. */
  readonly session: AudienceSession | undefined;
  readonly isOpen: boolean;
  readonly setOpen: (isOpen: boolean) => void;
  /** Loads and connects. Idempotent. */
  readonly start: () => void;
}

export function useAudience(pass: ViewerPass): Audience {
  const [session, setSession] = useState<AudienceSession>();
  const [isOpen, setOpen] = useState(false);
  const starting = useRef<AbortController | undefined>(undefined);
  const start = useCallback(() => {
    if (starting.current !== undefined) return;
    const { signal } = (starting.current = new AbortController());
    const timer = browserScheduler.schedule(Math.random() * spreadMs, () => {
      load(pass, signal).then(setSession, () => {
        // Tried again with the next thing that asks for it; the program plays all the same.
        starting.current = undefined;
      });
    });
    signal.addEventListener('abort', () => timer.cancel());
  }, [pass]);
  // The page is left before it came, or with it.
  useEffect(() => () => starting.current?.abort(), []);
  return { session, isOpen, setOpen, start };
}

/** @throws what kept its code from loading; also when it is not wanted any more */
async function load(pass: ViewerPass, signal: AbortSignal): Promise<AudienceSession> {
  const { AudienceSession: Session } = await import('../audience/audience-session.ts');
  signal.throwIfAborted();
  const session = new Session({
    token: () => pass.get(),
    onTokenRefused: () => pass.forget(),
    scheduler: browserScheduler,
  });
  signal.addEventListener('abort', () => session.close());
  session.start();
  return session;
}
