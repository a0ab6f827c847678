/** Fullscreen of the whole player frame, so that our controls stay; iPhones offer it for the video element only. */

interface IphoneVideo extends HTMLVideoElement {
  webkitEnterFullscreen?(): void;
}

export function toggleFullscreen(): void {
  const frame = document.querySelector<HTMLElement>('.frame');
  const video = document.querySelector<IphoneVideo>('.program');
  // A refusal (no user gesture, an embedding page that forbids it) changes nothing, and the button stays.
  if (document.fullscreenElement !== null) void document.exitFullscreen().catch(() => undefined);
  else if (frame !== null && document.fullscreenEnabled) void frame.requestFullscreen().catch(() => undefined);
  else video?.webkitEnterFullscreen?.();
}
