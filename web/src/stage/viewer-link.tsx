/** Copies the link for viewers; a host's opens private webinars too. */
import { useEffect, useState } from 'preact/hooks';
import { isRecord, requestJson } from '../lib/http.ts';
import { CopyButton } from '../ui/copy-button.tsx';

interface ViewerLinkProps {
  readonly webinarId: string;
  /** Of the person on this stage. */
  readonly token: string;
  readonly isHost: boolean;
}

export function ViewerLink({ webinarId, token, isHost }: ViewerLinkProps) {
  const [url, setUrl] = useState(`${location.origin}/watch/${webinarId}`);
  useEffect(() => {
    if (!isHost) return;
    let isGone = false;
    void requestJson(`/api/webinars/${encodeURIComponent(webinarId)}/viewer-link`, { bearer: token })
      .then((reply) => {
        const given = isRecord(reply) ? reply['url'] : undefined;
        if (!isGone && typeof given === 'string') setUrl(given);
      })
      // The plain link is right for all webinars that are not private.
      .catch(() => undefined);
    return () => {
      isGone = true;
    };
  }, [webinarId, token, isHost]);
  return <CopyButton label="Viewer link" text={url} />;
}
