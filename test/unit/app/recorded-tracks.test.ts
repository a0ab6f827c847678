import { describe, expect, it } from 'vitest';
import { programRenditions } from '../../../src/app/pipeline/renditions.ts';
import { RecordedTracks } from '../../../src/app/pipeline/recorded-tracks.ts';
import { mixerConfigSchema } from '../../../src/mixer/index.ts';

const french = { channelId: 'fr', languageTag: 'fr', name: 'Français' };
const renditions = programRenditions(mixerConfigSchema.parse({}), [french]);
const ids = renditions.map(({ renditionId }) => renditionId);
const recorded = (tracks: RecordedTracks) => ids.map((id) => tracks.recordedIdOf(id));

describe('RecordedTracks', () => {
  it('takes the largest size and the sound of the floor', () => {
    const tracks = new RecordedTracks(renditions);
    expect(tracks.specs.map(({ renditionId }) => renditionId)).toEqual(['video-720p', 'audio-main']);
    expect(recorded(tracks)).toEqual(['video-720p', undefined, undefined, 'audio-main', undefined]);
  });

  it('takes the next size in its place while a run does not carry it', () => {
    const tracks = new RecordedTracks(renditions);
    tracks.beginRun(['video-432p', 'video-234p', 'audio-main', 'audio-fr']);
    expect(recorded(tracks)).toEqual([undefined, 'video-720p', undefined, 'audio-main', undefined]);
    tracks.beginRun(ids);
    expect(recorded(tracks)).toEqual(['video-720p', undefined, undefined, 'audio-main', undefined]);
  });
});
