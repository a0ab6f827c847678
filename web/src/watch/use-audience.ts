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
  const isStarted = useRef(false);
  const start = useCallback(() => {
    if (isStarted.current) return;
    isStarted.current = true;
    browserScheduler.schedule(Math.random() * spreadMs, () => {
      load(pass).then(setSession, () => {
        // Tried again with the next thing that asks for it; the program plays all the same.
        isStarted.current = false;
      });
    });
  }, [pass]);
  useEffect(() => () => session?.close(), [session]);
  return { session, isOpen, setOpen, start };
}

async function load(pass: ViewerPass): Promise<AudienceSession> {
  const { AudienceSession: Session } = await import('../audience/audience-session.ts');
  const session = new Session({
    token: () => pass.get(),
    onTokenRefused: () => pass.forget(),
    scheduler: browserScheduler,
  });
  session.start();
  return session;
}
