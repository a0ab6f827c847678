/** A small picture of the place that the pointer is at, and how far behind live that is. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Preview } from './program-player.ts';
import { type ViewerSession } from './viewer-session.ts';

interface SeekPreviewProps {
  readonly session: ViewerSession;
  /** The player that it belongs to: with another one it is made anew. */
  readonly playerNumber: number;
  readonly timeSec: number;
  /** Of the bar, in per cent. */
  readonly left: string;
  readonly text: string;
  readonly isShown: boolean;
}

export function SeekPreview({ session, playerNumber, timeSec, left, text, isShown }: SeekPreviewProps) {
  const video = useRef<HTMLVideoElement>(null);
  const [preview, setPreview] = useState<Preview>();
  useEffect(() => {
    const opened = video.current === null ? undefined : session.openPreview(video.current);
    setPreview(opened);
    return () => opened?.close();
  }, [session, playerNumber]);
  useEffect(() => {
    if (isShown) preview?.show(timeSec);
  }, [preview, timeSec, isShown]);
  return (
    <div class="seek-preview" style={{ '--at': left }} hidden={!isShown} aria-hidden="true">
      <video ref={video} muted playsInline hidden={preview === undefined} />
      <span class="number">{text}</span>
    </div>
  );
}
