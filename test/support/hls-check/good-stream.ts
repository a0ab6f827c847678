/** A good program, and its playlists with faults written into them. */
import { FindingLog, type Judge } from '../../../src/hls/check/findings.ts';
import { type ParsedMediaPlaylist } from '../../../src/hls/check/playlist/media-playlist.ts';
import { type ParsedMultivariantPlaylist } from '../../../src/hls/check/playlist/multivariant-playlist.ts';
import { parsePlaylist } from '../../../src/hls/check/playlist/parse-playlist.ts';
import { severityOf } from '../../../src/hls/check/table/rules.ts';
import { renderMediaPlaylist, renderMultivariantPlaylist } from '../../../src/hls/origin/playlist-source.ts';
import { TestProgram } from '../hls-program.ts';

export const baseUrl = 'http://origin.test/hls/webinar-1/';
const test = new TestProgram({ windowSec: 30, hasLadder: true });
test.beginRun();
test.feed(34.8);

export const goodProgram = test.program;
export const urlOf = (id: string) => `${baseUrl}session-1/${id}/media.m3u8`;
export const renditionIds = ['video', 'video-low', 'audio'] as const;
export const othersOf = (id: string) => renditionIds.filter((other) => other !== id).map(urlOf);

export function render(id = 'video', isDelta = false): string {
  return renderMediaPlaylist(test.program, id, test.program.window(id)!, isDelta ? 'segments' : 'full');
}

export const goodVideo = render();
export const goodLow = render('video-low');
export const goodAudio = render('audio');
export const goodDelta = render('video', true);
export const goodMultivariant = renderMultivariantPlaylist(test.program);
test.feedParts(1);
/** The same playlist one part later. */
export const laterVideo = render();
test.feed(2);
/** And one segment later, when the oldest one has gone. */
export const muchLaterVideo = render();
export const muchLaterDelta = render('video', true);

/** @throws Error when the text has nothing to replace: a fault that was not made proves nothing */
export function edited(text: string, pattern: string | RegExp, replacement: string): string {
  const result = text.replace(pattern, replacement);
  if (result === text) throw new Error(`nothing to replace: ${String(pattern)}`);
  return result;
}

export function media(text: string, url = urlOf('video')): ParsedMediaPlaylist {
  const playlist = parsePlaylist(Buffer.from(text), url);
  if (playlist.kind !== 'media') throw new Error('not a media playlist');
  return playlist;
}

export function multivariant(text: string): ParsedMultivariantPlaylist {
  const playlist = parsePlaylist(Buffer.from(text), `${baseUrl}multivariant.m3u8`);
  if (playlist.kind !== 'multivariant') throw new Error('not a multivariant playlist');
  return playlist;
}

/** `rule severity` of everything found, sorted, each once; what the good stream is warned about is left out. */
export function found(check: (judge: Judge) => void, known: readonly string[] = []): string[] {
  const log = new FindingLog(severityOf);
  check(log);
  return [...new Set(log.findings.map(({ rule, severity }) => `${rule} ${severity}`))].filter(
    (text) => !known.includes(text),
  );
}

/** One fault and the one rule that it breaks. */
export interface Case {
  readonly rule: number;
  readonly severity?: 'E' | 'W';
  readonly what: string;
  readonly broken: () => string[];
}
