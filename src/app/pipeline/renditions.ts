/** What the program is encoded into: one video and one audio rendition. */
import { type RenditionSpec } from '../../hls/index.ts';
import { type MixerConfig, type MixerRunOptions } from '../../mixer/index.ts';

export const renditionIds = { video: 'video-720p', audio: 'audio-main' } as const;

/** Peaks above the configured averages: the encoder's rate control may spend this much in one segment. */
const videoPeakRatio = 1.5;
const audioPeakRatio = 1.25;

/** The same renditions as the mixer encodes them. */
export function mixerRenditions(config: MixerConfig): Pick<MixerRunOptions, 'video' | 'audio'> {
  const { width, height, videoBitsPerSec, audioBitsPerSec } = config;
  return {
    video: [{ renditionId: renditionIds.video, width, height, bitsPerSec: videoBitsPerSec }],
    audio: [{ renditionId: renditionIds.audio, bitsPerSec: audioBitsPerSec, channelId: 'main' }],
  };
}

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
