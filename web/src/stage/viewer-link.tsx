/** Copies the link for viewers; a host's opens private webinars too, and of those nobody else is offered one. */
import { useEffect, useMemo } from 'preact/hooks';
import { useStore } from '../lib/use-store.ts';
import { Button } from '../ui/components.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { HostViewerLink } from './host-viewer-link.ts';

const label = 'Viewer link';

interface ViewerLinkProps {
  readonly webinarId: string;
  /** Of the person on this stage. */
  readonly token: string;
  readonly isHost: boolean;
  readonly isPrivate: boolean;
}

export function ViewerLink({ webinarId, token, isHost, isPrivate }: ViewerLinkProps) {
  if (isHost) return <OfHost webinarId={webinarId} token={token} />;
  return isPrivate ? null : <CopyButton label={label} text={`${location.origin}/watch/${webinarId}`} />;
}

function OfHost({ webinarId, token }: Pick<ViewerLinkProps, 'webinarId' | 'token'>) {
  const link = useMemo(() => new HostViewerLink(webinarId, token), [webinarId, token]);
  useEffect(() => void link.ask(), [link]);
  const { phase, url } = useStore(link.state);
  if (phase !== 'failed') return <CopyButton label={label} text={url} />;
  return <Button label={`${label}: try again`} icon="copy" onClick={() => void link.ask()} />;
}
