/** WebVTT: text made safe, files and HLS segments written. */
export { plainCueText } from './cue-text.ts';
export { type WebVttCue, writeWebVtt, writeWebVttSegment } from './webvtt-file.ts';
