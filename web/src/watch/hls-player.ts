/** Plays the program with hls.js; the only file that knows hls.js words. */
import Hls, {
  ErrorDetails,
  ErrorTypes,
  Events,
  type ErrorData,
  type FragmentLoaderConstructor,
  type LevelLoadedData,
} from 'hls.js';
import { checkedFragmentLoader } from './checked-loader.ts';
import { type PlayerError } from './recovery-policy.ts';
import { type PlayerSnapshot } from './player-snapshot.ts';
import { DroppedSizes } from './dropped-sizes.ts';
import { noWishes, type StreamChoices, type StreamWishes } from './stream-choices.ts';
import { marksOf, momentsAt, type ProgramRange } from './moments.ts';
import { type SeekRange } from './seek-range.ts';
import { type Preview, type ProgramPlayer, type ProgramPlayerEvents } from './program-player.ts';

/** Further behind the live edge than this many target durations, the player seeks forward. */
const maxLatencyTargetDurations = 5;
const playlistDeadlineMs = 5000;

export function isHlsSupported(): boolean {
  return Hls.isSupported();
}

export function createHlsPlayer(video: HTMLVideoElement, url: string, events: ProgramPlayerEvents): ProgramPlayer {
  const hls = new Hls({
    lowLatencyMode: true,
    // The live sync distance is left unset: the playlist's own is right (llhls.md 3.2).
    // The session comes closer by itself (catch-up.ts).
    maxLiveSyncPlaybackRate: 1,
    // After a stall; 1 s (the default) never decays and is most of our whole latency (llhls.md 3.3).
    liveSyncOnStallIncrease: 0.5,
    // backBufferLength stays unlimited: each eviction by hls.js 1.7.4 stops its loading of audio parts for up to 2 s (seen
    // as a stall 35 s after joining). The browser evicts by itself when its source buffers are full.
    capLevelToPlayerSize: true,
    fLoader: checkedFragmentLoader,
  });
  // A tab that slept jumps to live. Set here, since the constructor takes it only together with a live sync count,
  // which would override the distance that the playlist asks for.
  hls.config.liveMaxLatencyDurationCount = maxLatencyTargetDurations;
  let wishes = noWishes;
  // A language whose track is found only later: the tracks are known after the sizes.
  hls.on(Events.MANIFEST_PARSED, () => applyHeight(hls, wishes));
  hls.on(Events.AUDIO_TRACKS_UPDATED, () => applyAudio(hls, wishes));
  const abort = new AbortController();
  watchDateRanges(video, abort.signal, () => events.onMoment());
  const dropped = new DroppedSizes({ nowMs: () => performance.now(), loadText: (url) => loadText(url, abort.signal) });
  let hasJoined = false;
  hls.on(Events.LEVEL_LOADED, (_event, data: LevelLoadedData) => {
    if (!hasJoined && !data.details.live) events.onClosedAtJoin();
    hasJoined = true;
    void dropped.tick();
  });
  hls.on(Events.ERROR, (_event, data) => {
    if (data.details === ErrorDetails.FRAG_GAP) noteDropped(hls, data, dropped);
    events.onError(toPlayerError(data));
  });
  hls.attachMedia(video);
  hls.loadSource(url);

  return {
    recoverMedia: () => {
      hls.recoverMediaError();
      // Attaching anew leaves the element paused in some browsers; a refusal means the viewer has to tap anyway.
      void video.play().catch(() => undefined);
    },
    goToLive: () => {
      hls.config.liveMaxLatencyDurationCount = maxLatencyTargetDurations;
      if (hls.liveSyncPosition !== null) video.currentTime = hls.liveSyncPosition;
    },
    seekRange: () => seekRangeOf(hls),
    seekTo: (timeSec) => {
      hls.config.liveMaxLatencyDurationCount = Infinity;
      video.currentTime = timeSec;
    },
    timeOf: (programWallMs) => timeOf(hls, programWallMs),
    openPreview: (element) => openPreview(hls, element),
    marks: () => marksOf(rangesOf(hls), seekRangeOf(hls)?.startSec ?? 0),
    resetTargetLatency: () => {
      const details = hls.latestLevelDetails;
      if (details !== null && details.partHoldBack > 0) hls.targetLatency = details.partHoldBack;
    },
    snapshot: () => snapshotOf(hls, video),
    choices: () => choicesOf(hls),
    moments: () => momentsAt(rangesOf(hls), video.currentTime),
    setWishes: (given) => {
      wishes = given;
      applyCaptions(hls, wishes);
      if (hls.levels.length === 0) return;
      applyHeight(hls, wishes);
      applyAudio(hls, wishes);
    },
    destroy: () => {
      abort.abort();
      hls.destroy();
    },
  };
}

function snapshotOf(hls: Hls, video: HTMLVideoElement): PlayerSnapshot {
  const level = hls.levels[hls.currentLevel];
  return {
    playingWallMs: hls.playingDate?.getTime(),
    edgeLatencyMs: hls.latency > 0 ? hls.latency * 1000 : undefined,
    targetLatencyMs: hls.targetLatency === null ? undefined : hls.targetLatency * 1000,
    heightPx: video.videoHeight,
    bitrateBps: level?.bitrate ?? 0,
  };
}

function seekRangeOf(hls: Hls): SeekRange | undefined {
  const details = hls.latestLevelDetails;
  if (details === null || details.fragments.length === 0) return undefined;
  const liveSec = details.live ? hls.liveSyncPosition : details.edge;
  return liveSec === null ? undefined : { startSec: details.fragmentStart, liveSec };
}

/** The first pictures of segments, in a player of their own: what is watched meanwhile goes on. */
function openPreview(hls: Hls, video: HTMLVideoElement): Preview | undefined {
  // Its pieces end behind a picture: what checks whole fragments would refuse them.
  const player = hls.createIFramePlayer({ fLoader: Hls.DefaultConfig.loader as FragmentLoaderConstructor });
  if (player === null) return undefined;
  player.attachMedia(video);
  return { show: (timeSec) => player.loadMediaAt(timeSec), close: () => player.destroy() };
}

function timeOf(hls: Hls, programWallMs: number): number | undefined {
  const fragment = hls.latestLevelDetails?.fragments.findLast(
    ({ programDateTime }) => programDateTime !== null && programDateTime <= programWallMs,
  );
  if (fragment === undefined) return undefined;
  const intoSec = (programWallMs - fragment.programDateTime!) / 1000;
  // In the pause between two encoder lives, what comes next is nearest.
  return fragment.start + Math.min(intoSec, fragment.duration);
}

/** hls.js makes date ranges cues of a hidden track: they come when playback does, not when the playlist does. */
function watchDateRanges(video: HTMLVideoElement, signal: AbortSignal, onMoment: () => void): void {
  const watch = (track: TextTrack | null): void => {
    if (track?.kind === 'metadata') track.addEventListener('cuechange', onMoment, { signal });
  };
  video.textTracks.addEventListener('addtrack', ({ track }) => watch(track), { signal });
}

function rangesOf(hls: Hls): ProgramRange[] {
  const ranges = Object.values(hls.latestLevelDetails?.dateRanges ?? {}).filter((range) => range !== undefined);
  return ranges.map((range) => ({
    className: range.class,
    startSec: range.startTime,
    endSec: range.endOnNext || range.duration === null ? undefined : range.startTime + range.duration,
    attributes: range.attr,
  }));
}

/** hls.js avoids a size for good once it met a gap in it. */
function noteDropped(hls: Hls, { frag }: ErrorData, dropped: DroppedSizes): void {
  const level = frag !== undefined && String(frag.type) === 'main' ? hls.levels[frag.level] : undefined;
  if (level === undefined) return;
  dropped.add({
    url: level.uri,
    restore: () => {
      level.loadError = 0;
    },
  });
}

async function loadText(url: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(playlistDeadlineMs)]) });
  if (!response.ok) throw new Error(`The playlist answered ${response.status}.`);
  return response.text();
}

function choicesOf(hls: Hls): StreamChoices {
  return {
    heightsPx: hls.levels.map(({ height }) => height).sort((a, b) => b - a),
    chosenHeightPx: hls.autoLevelEnabled ? undefined : hls.levels[hls.loadLevel]?.height,
    audioNames: hls.audioTracks.map(({ name }) => name),
    chosenAudioName: hls.audioTracks[hls.audioTrack]?.name,
    captions: hls.subtitleTracks.map(({ lang, name }) => ({ language: lang ?? '', name })),
    chosenCaptions: hls.subtitleTracks[hls.subtitleTrack]?.lang,
  };
}

function applyHeight(hls: Hls, { heightPx }: StreamWishes): void {
  const level = hls.levels.findIndex(({ height }) => height === heightPx);
  const current = hls.autoLevelEnabled ? -1 : hls.loadLevel;
  // From the next segment on: what is buffered is played, so that a change never stalls.
  if (level !== current) hls.nextLevel = level;
}

function applyAudio(hls: Hls, { audioName }: StreamWishes): void {
  const track = hls.audioTracks.findIndex(({ name }) => name === audioName);
  if (track >= 0 && track !== hls.audioTrack) hls.audioTrack = track;
}

function applyCaptions(hls: Hls, { captions }: StreamWishes): void {
  // A preference, which holds for tracks that are found later, too; a track set when they are is unset again at once.
  hls.setSubtitleOption(captions === undefined ? undefined : { lang: captions });
  if (captions === undefined && hls.subtitleTrack >= 0) hls.subtitleTrack = -1;
}

function toPlayerError(data: ErrorData): PlayerError {
  const kinds: Partial<Record<ErrorTypes, PlayerError['kind']>> = {
    [ErrorTypes.NETWORK_ERROR]: 'network',
    [ErrorTypes.MEDIA_ERROR]: 'media',
  };
  return {
    kind: kinds[data.type] ?? 'other',
    isFatal: data.fatal,
    httpStatus: data.response?.code,
    details: data.details,
  };
}
