/** Plays the program with the browser's own HLS, where Media Source Extensions are missing (older iPhones). */
import { noMoments } from './moments.ts';
import { noChoices, noWishes, type StreamChoices, type StreamWishes } from './stream-choices.ts';
import { type ProgramPlayer, type ProgramPlayerEvents } from './program-player.ts';

export function isNativeHlsSupported(video: HTMLVideoElement): boolean {
  return video.canPlayType('application/vnd.apple.mpegurl') !== '';
}

/** Safari gives the wall time of the element's time zero here; not in the DOM typings. */
interface WithStartDate {
  getStartDate?(): Date;
}

export function createNativePlayer(video: HTMLVideoElement, url: string, events: ProgramPlayerEvents): ProgramPlayer {
  const abort = new AbortController();
  video.addEventListener(
    'error',
    () => {
      const code = video.error?.code;
      const kind = code === MediaError.MEDIA_ERR_DECODE ? 'media' : 'network';
      events.onError({ kind, isFatal: true, httpStatus: undefined, details: `mediaError${code ?? 0}` });
    },
    { signal: abort.signal },
  );
  video.addEventListener(
    'loadedmetadata',
    () => {
      if (Number.isFinite(video.duration)) events.onClosedAtJoin();
    },
    { signal: abort.signal },
  );
  let wishes = noWishes;
  // The browser finds the tracks after the program.
  const apply = (): void => applyCaptions(video, wishes);
  video.textTracks.addEventListener('addtrack', apply, { signal: abort.signal });
  video.src = url;

  const liveEdgeSec = (): number | undefined =>
    video.seekable.length > 0 ? video.seekable.end(video.seekable.length - 1) : undefined;
  return {
    recoverMedia: () => {
      video.src = url;
      video.load();
    },
    goToLive: () => {
      const edgeSec = liveEdgeSec();
      if (edgeSec !== undefined) video.currentTime = edgeSec;
    },
    seekRange: () => {
      const liveSec = liveEdgeSec();
      return liveSec === undefined ? undefined : { startSec: video.seekable.start(0), liveSec };
    },
    seekTo: (timeSec) => {
      video.currentTime = timeSec;
    },
    timeOf: (programWallMs) => {
      const startMs = startMsOf(video);
      return startMs === undefined ? undefined : (programWallMs - startMs) / 1000;
    },
    // The browser keeps the dates of its ranges to itself.
    marks: () => [],
    openPreview: () => undefined,
    resetTargetLatency: () => undefined,
    // The browser chooses size and sound by itself and takes no wishes for them.
    choices: () => choicesOf(video),
    moments: () => noMoments,
    setWishes: (given) => {
      wishes = given;
      apply();
    },
    snapshot: () => {
      const startMs = startMsOf(video);
      const edgeSec = liveEdgeSec();
      return {
        playingWallMs: startMs === undefined ? undefined : startMs + video.currentTime * 1000,
        edgeLatencyMs: edgeSec === undefined ? undefined : (edgeSec - video.currentTime) * 1000,
        targetLatencyMs: undefined,
        heightPx: video.videoHeight,
        bitrateBps: 0,
      };
    },
    destroy: () => {
      abort.abort();
      video.removeAttribute('src');
      video.load();
    },
  };
}

function startMsOf(video: HTMLVideoElement): number | undefined {
  const startMs = (video as WithStartDate).getStartDate?.().getTime();
  return startMs === undefined || Number.isNaN(startMs) ? undefined : startMs;
}

function captionTracks(video: HTMLVideoElement): TextTrack[] {
  return [...video.textTracks].filter(({ kind }) => kind === 'subtitles' || kind === 'captions');
}

function choicesOf(video: HTMLVideoElement): StreamChoices {
  const tracks = captionTracks(video);
  return {
    ...noChoices,
    captions: tracks.map(({ language, label }) => ({ language, name: label })),
    chosenCaptions: tracks.find(({ mode }) => mode === 'showing')?.language,
  };
}

function applyCaptions(video: HTMLVideoElement, { captions }: StreamWishes): void {
  for (const track of captionTracks(video)) track.mode = track.language === captions ? 'showing' : 'disabled';
}
