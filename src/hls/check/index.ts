/** The stream checker: holds any HLS stream to the 77 rules of docs/hls-check.md, from outside. */
export { hlsCheckErrorCatalog } from './errors.ts';
export { formatReport } from './run/format-report.ts';
export { type CheckReport } from './run/report.ts';
export { checkStream, type StreamCheckOptions } from './run/stream-check.ts';
