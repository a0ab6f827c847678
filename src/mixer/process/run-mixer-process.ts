/** Binds the mixer's two halves for a real process. */
import { createSourceBank } from '../input/index.ts';
import { type MixerProcessOptions, type RunningMixerProcess, startMixerProcess } from './mixer-process.ts';

/** Runs one program fed by RTP. The caller ends the process with the status `finished` resolves to. */
export function runMixerProcess(options: Omit<MixerProcessOptions, 'createSourceBank'>): RunningMixerProcess {
  return startMixerProcess({ ...options, createSourceBank });
}
