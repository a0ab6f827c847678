/** What the program is encoded into: one video rendition per rung of the ladder, one audio rendition per sound channel. */
import { type CaptionRenditionSpec, type RenditionSpec } from '../../hls/index.ts';
import { type LadderRung, ladderOf, type MixerConfig, type MixerRunOptions } from '../../mixer/index.ts';

/** A language that is heard beside the floor. */
export interface LanguageChannel {
  /** Path-safe; `main` is the floor's. */
  readonly channelId: string;
  /** BCP 47. */
  readonly languageTag: string;
  /** As viewers choose it. */
  readonly name: string;
}

/** Captions in one language, as a language that is heard: `captions-de`. */
export interface CaptionChannel extends LanguageChannel {
  readonly renditionId: string;
}

/** Peaks above the ceiling of one second's average: a segment of 2 s may spend three of them. */
const videoPeakRatio = 1.5;
const audioPeakRatio = 1.25;

export const videoRenditionId = ({ height }: Pick<LadderRung, 'height'>): string => `video-${height}p`;
export const audioRenditionId = (channelId: string): string => `audio-${channelId}`;

/** What players are offered, best first. */
export function programRenditions(config: MixerConfig, languages: readonly LanguageChannel[] = []): RenditionSpec[] {
  const { frameRate, audioBitsPerSec } = config;
  const video = ladderOf(config).map((rung): RenditionSpec => ({
    renditionId: videoRenditionId(rung),
    kind: 'video',
    averageBitsPerSec: rung.bitsPerSec,
    peakBitsPerSec: Math.round(rung.bitsPerSec * videoPeakRatio),
    video: { width: rung.width, height: rung.height, frameRate },
  }));
  const audio = channelsOf(languages).map(({ channelId, languageTag, name }): RenditionSpec => ({
    renditionId: audioRenditionId(channelId),
    kind: 'audio',
    averageBitsPerSec: audioBitsPerSec,
    peakBitsPerSec: Math.round(audioBitsPerSec * audioPeakRatio),
    audio: { channels: 2, language: languageTag ?? 'und', name },
  }));
  return [...video, ...audio];
}

export function captionChannels(languages: readonly LanguageChannel[]): CaptionChannel[] {
  return languages.map((language) => ({ ...language, renditionId: `captions-${language.channelId}` }));
}

export function captionRenditions(channels: readonly CaptionChannel[]): CaptionRenditionSpec[] {
  return channels.map(({ renditionId, languageTag, name }) => ({ renditionId, language: languageTag, name }));
}

/** The same renditions as the mixer encodes them. */
export function mixerRenditions(
  config: MixerConfig,
  languages: readonly LanguageChannel[] = [],
): Pick<MixerRunOptions, 'video' | 'audio'> {
  return {
    video: ladderOf(config).map((rung) => ({ renditionId: videoRenditionId(rung), ...rung })),
    audio: channelsOf(languages).map((channel) => ({
      renditionId: audioRenditionId(channel.channelId),
      bitsPerSec: config.audioBitsPerSec,
      ...channel,
    })),
  };
}

type Channel = Omit<LanguageChannel, 'languageTag'> & Partial<Pick<LanguageChannel, 'languageTag'>>;

function channelsOf(languages: readonly LanguageChannel[]): readonly Channel[] {
  return [{ channelId: 'main', name: 'Program' }, ...languages];
}
