/** Picks the player: hls.js where Media Source Extensions exist, else the browser's own HLS, else none. */
import type * as HlsPlayerModule from './hls-player.ts';
import { createNativePlayer, isNativeHlsSupported } from './native-player.ts';
import { type ProgramPlayerFactory } from './program-player.ts';

// Fetched while the viewer still waits for the event; a lazy chunk, so that the first drawing does not wait for it.
let hlsModule: Promise<typeof HlsPlayerModule> | undefined;

export function preloadPlayer(): Promise<typeof HlsPlayerModule> {
  hlsModule ??= import('./hls-player.ts').catch((thrown: unknown) => {
    // A failed download must not be remembered: the next try may succeed.
    hlsModule = undefined;
    throw thrown;
  });
  return hlsModule;
}

export async function loadPlayer(video: HTMLVideoElement): Promise<ProgramPlayerFactory | undefined> {
  const { createHlsPlayer, isHlsSupported } = await preloadPlayer();
  if (isHlsSupported()) return createHlsPlayer;
  return isNativeHlsSupported(video) ? createNativePlayer : undefined;
}
