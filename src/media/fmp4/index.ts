/** Fragmented MP4 as bytes: splitting streams, reading inits and fragments, writing fragments. Pure. */
export { type Box, readBoxes } from './box-reader.ts';
export {
  type CmafSplitterLimits,
  CmafStreamSplitter,
  type CmafUnit,
  defaultSplitterLimits,
} from './cmaf-stream-splitter.ts';
export { delayFragment } from './delay-fragment.ts';
export { fmp4ErrorCatalog } from './errors.ts';
export { type Fragment, isSyncSample, parseFragment } from './fragment.ts';
export { type FragmentSpec, mergeFragments, writeFragment } from './fragment-writer.ts';
export { type AudioInit, type InitSegment, parseInitSegment, type VideoInit } from './init-segment.ts';
export { beginsWithIdr } from './nal-scan.ts';
export { type Movie, type MovieTrack, readMovie } from './movie.ts';
export { readTrackFragments, type TrackFragment } from './movie-fragments.ts';
export { type Sample, type TrackDefaults } from './track-fragment.ts';
