/** A video element that shows a stream; the stream is a property of the element, not an attribute. */
import { useEffect, useRef } from 'preact/hooks';

interface VideoViewProps {
  readonly stream: MediaStream | undefined;
  /** Own picture, and anything that must make no sound. */
  readonly isMuted: boolean;
  readonly isMirrored?: boolean;
  readonly label: string;
}

export function VideoView({ stream, isMuted, isMirrored, label }: VideoViewProps) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    element.srcObject = stream ?? null;
    // Refused only before any gesture; joining was one. An abort means the stream was replaced meanwhile.
    if (stream !== undefined) void element.play().catch(() => undefined);
  }, [stream]);
  return (
    <video
      ref={video}
      class={isMirrored === true ? 'mirrored' : undefined}
      autoPlay
      playsInline
      muted={isMuted}
      aria-label={label}
    />
  );
}

/** A stream of one track, the same one for as long as the track is. */
export function useTrackStream(track: MediaStreamTrack | undefined): MediaStream | undefined {
  const held = useRef<{ readonly track: MediaStreamTrack; readonly stream: MediaStream }>(null);
  if (track === undefined) return undefined;
  if (held.current?.track !== track) held.current = { track, stream: new MediaStream([track]) };
  return held.current.stream;
}
