/** A load generator: many viewers, each following the 432p rendition and the sound. Its own CPU counts apart. */
import { setTimeout as delay } from 'node:timers/promises';
import { type HttpReply } from './http-connection.ts';
import { type LoadReport, type LoadStart } from './messages.ts';
import { PlaylistStates } from './playlist-states.ts';
import { RenditionFollower } from './rendition-follower.ts';

const videoPattern = /^\S*video-432p\S*$/m;
const audioPattern = /URI="(\S*audio-main\S*)"/;

const states = new PlaylistStates();
let followers: RenditionFollower[] = [];
let responseCount = 0;
let mediaBytes = 0;
let received: number[] = [];
let intervalsMs: number[] = [];
let failures: Record<string, number> = {};

const listener = {
  response(reply: HttpReply): void {
    responseCount++;
    mediaBytes += reply.sizeBytes;
  },
  part(number: number, atMs: number, sinceLastMs: number | undefined): void {
    received.push(number, atMs);
    if (sinceLastMs !== undefined) intervalsMs.push(sinceLastMs);
  },
  failed(what: string): void {
    failures[what] = (failures[what] ?? 0) + 1;
  },
};

async function start({ port, webinarId, tokens, viewerCount, rampMs }: LoadStart): Promise<void> {
  const baseOf = (viewer: number): string => {
    const token = tokens[viewer];
    return token === undefined ? `/hls/${webinarId}/` : `/hls/t/${token}/${webinarId}/`;
  };
  const multivariant = await (await fetch(`http://127.0.0.1:${port}${baseOf(0)}multivariant.m3u8`)).text();
  const uris = [videoPattern.exec(multivariant)?.[0], audioPattern.exec(multivariant)?.[1]];
  for (let viewer = 0; viewer < viewerCount; viewer++) {
    const base = baseOf(viewer);
    for (const uri of uris) {
      if (uri === undefined) throw new Error(`A rendition is missing in:\n${multivariant}`);
      const follower = new RenditionFollower({ port, path: `${base}${uri}`, states, listener });
      followers.push(follower);
      void follower.run();
    }
    if (viewerCount > 1) await delay(rampMs / viewerCount);
  }
}

function reset(): void {
  responseCount = 0;
  mediaBytes = 0;
  received = [];
  intervalsMs = [];
  failures = {};
}

process.on('message', (message: LoadStart | 'begin' | 'report') => {
  if (message === 'begin') return reset();
  if (message === 'report') {
    const report: LoadReport = {
      type: 'report',
      responseCount,
      mediaBytes,
      followingCount: followers.filter(({ isFollowing }) => isFollowing).length / 2,
      received: Float64Array.from(received),
      intervalsMs: Float64Array.from(intervalsMs),
      failures,
    };
    process.send!(report);
    return;
  }
  void start(message).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
process.once('disconnect', () => {
  for (const follower of followers) follower.close();
  followers = [];
  process.exit(0);
});
