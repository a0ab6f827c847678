/** Measures the loudness of a microphone track for the meter. */
import { browserScheduler, type Timer } from '../lib/scheduler.ts';
import { meterLevel } from './audio-level.ts';

const periodMs = 60;
const windowSampleCount = 1024;

/**
 * Calls `onLevel` with 0..1 about 16 times a second.
 * @returns the function that ends the measuring and frees the audio context.
 */
export function measureLevel(track: MediaStreamTrack, onLevel: (level: number) => void): () => void {
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: windowSampleCount });
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(windowSampleCount);
  let timer: Timer | undefined;
  const measure = (): void => {
    analyser.getFloatTimeDomainData(samples);
    onLevel(track.enabled ? meterLevel(samples) : 0);
    timer = browserScheduler.schedule(periodMs, measure);
  };
  measure();
  // Some browsers start audio only after a gesture; any gesture on the page will do.
  const resume = (): void => void context.resume();
  document.addEventListener('pointerdown', resume);
  return () => {
    timer?.cancel();
    document.removeEventListener('pointerdown', resume);
    void context.close();
  };
}
