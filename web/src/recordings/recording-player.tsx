/** Plays a recording in the page, with its speakers on a bar that seeks and its gaps listed. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { messageOf } from '../lib/api-error.ts';
import { formatClock } from '../lib/format.ts';
import { Notice, Spinner } from '../ui/components.tsx';
import { captionsUrl, type RecordingDetail, type RecordingSummary } from './recording-model.ts';
import { type RecordingsApi } from './recordings-api.ts';
import { TimelineView } from './timeline-view.tsx';

interface RecordingPlayerProps {
  readonly api: RecordingsApi;
  readonly recording: RecordingSummary;
}

interface Loaded {
  readonly url: string;
  readonly detail: RecordingDetail;
}

export function RecordingPlayer({ api, recording: { recordingId, durationMs } }: RecordingPlayerProps) {
  const [loaded, setLoaded] = useState<Loaded>();
  const [failure, setFailure] = useState<string>();
  const [positionSec, setPositionSec] = useState(0);
  const [mediaDurationSec, setMediaDurationSec] = useState<number>();
  const video = useRef<HTMLVideoElement>(null);
  /** Where the link was renewed last: failing again at the same place means that the file is the problem. */
  const renewedAtSec = useRef(0);
  useEffect(() => {
    let isClosed = false;
    Promise.all([api.link(recordingId, 'play'), api.detail(recordingId)]).then(
      ([url, detail]) => !isClosed && setLoaded({ url, detail }),
      (thrown: unknown) => !isClosed && setFailure(messageOf(thrown)),
    );
    return () => {
      isClosed = true;
    };
  }, [api, recordingId]);

  if (failure !== undefined)
    return (
      <Notice tone="bad" title="The recording cannot be played">
        {failure}
      </Notice>
    );
  if (loaded === undefined) {
    return (
      <p class="row" role="status">
        <Spinner /> Opening
      </p>
    );
  }
  /** Links live five minutes, a recording may be hours: a request that fails later gets a new link and goes on there. */
  const renewLink = async (): Promise<void> => {
    const element = video.current;
    const resumeSec = element?.currentTime ?? 0;
    if (element === null || resumeSec === renewedAtSec.current) {
      setFailure('The player refused the file. Close and play again.');
      return;
    }
    renewedAtSec.current = resumeSec;
    try {
      const url = await api.link(recordingId, 'play');
      element.addEventListener('loadedmetadata', () => (element.currentTime = resumeSec), { once: true });
      setLoaded({ ...loaded, url });
    } catch (thrown) {
      setFailure(messageOf(thrown));
    }
  };
  const seek = (toSec: number): void => {
    if (video.current === null) return;
    video.current.currentTime = toSec;
    setPositionSec(toSec);
  };
  const durationSec = durationMs === null ? (mediaDurationSec ?? 0) : durationMs / 1000;
  return (
    <div class="player">
      <video
        ref={video}
        src={loaded.url}
        controls
        autoPlay
        playsInline
        preload="metadata"
        onDurationChange={(event) => setMediaDurationSec(event.currentTarget.duration)}
        onTimeUpdate={(event) => setPositionSec(event.currentTarget.currentTime)}
        onError={() => void renewLink()}
      >
        {loaded.detail.captions.map(({ language, name }) => (
          <track
            key={language}
            kind="captions"
            src={captionsUrl(loaded.url, language)}
            srclang={language}
            label={name}
          />
        ))}
      </video>
      <TimelineView detail={loaded.detail} durationSec={durationSec} positionSec={positionSec} onSeek={seek} />
      <Gaps detail={loaded.detail} onSeek={seek} />
    </div>
  );
}

function Gaps({ detail, onSeek }: { readonly detail: RecordingDetail; readonly onSeek: (toSec: number) => void }) {
  if (detail.gaps.length === 0) {
    return <p class="muted small">No gaps. {detail.objectCount} stored objects.</p>;
  }
  return (
    <Notice
      tone="warn"
      title={detail.gaps.length === 1 ? '1 gap in this recording' : `${detail.gaps.length} gaps in this recording`}
    >
      <ul class="problems">
        {detail.gaps.map(({ startSec, endSec, cause }) => (
          <li key={startSec}>
            <button type="button" class="link number" onClick={() => onSeek(startSec)}>
              {formatClock(startSec)} to {formatClock(endSec)}
            </button>
            : {cause}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
