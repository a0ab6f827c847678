/** Judges the speaker timeline of a manifest against the pictures: the large tile is the speaker's. Pure. */
import { type RecordingManifest } from '../../../src/recording/finishing/manifest.ts';
import { type PictureReading } from './read-picture.ts';
import { type KnownPerson } from './program-view.ts';

/** A change of speaker takes this long to be in the picture, and as long to be noted. */
const settleSec = 0.5;

export function judgeSpeakers(
  pictures: readonly PictureReading[],
  manifest: Pick<RecordingManifest, 'speakers'>,
  people: readonly KnownPerson[],
): string[] {
  return pictures.flatMap((picture) => {
    const { timeSec } = picture;
    const turn = manifest.speakers.find(
      ({ startSec, endSec }) => timeSec >= startSec + settleSec && timeSec < endSec - settleSec,
    );
    const speaker = people.find(({ name }) => name === turn?.displayName);
    const large = picture.stage ?? picture.alone;
    if (speaker === undefined || large === undefined || large.identity === speaker.identity) return [];
    return [`at ${timeSec.toFixed(1)} s: identity ${large.identity} is large, the timeline says ${speaker.name}`];
  });
}
