/** What the program is encoded into: one video and one audio rendition. */
import { type RenditionSpec } from '../../hls/index.ts';
import { type MixerConfig } from '../../mixer/index.ts';

export const renditionIds = { video: 'video-720p', audio: 'audio-main' } as const;

/** Peaks above the configured averages: the encoder's rate control may spend this much in one segment. */
const videoPeakRatio = 1.5;
const audioPeakRatio = 1.25;

export function programRenditions(config: MixerConfig): RenditionSpec[] {
  return [
    {
      renditionId: renditionIds.video,
      kind: 'video',
      averageBitsPerSec: config.videoBitsPerSec,
      peakBitsPerSec: Math.round(config.videoBitsPerSec * videoPeakRatio),
      video: { width: config.width, height: config.height, frameRate: config.frameRate },
    },
    {
      renditionId: renditionIds.audio,
      kind: 'audio',
      averageBitsPerSec: config.audioBitsPerSec,
      peakBitsPerSec: Math.round(config.audioBitsPerSec * audioPeakRatio),
      audio: { channels: 2, language: 'und', name: 'Program' },
    },
  ];
}
