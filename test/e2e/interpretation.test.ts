/**
 * An interpreted event in real Chromium: a host on the floor with one tone, an interpreter of German with another; each
 * sound channel is read over plain HLS and judged by what is in it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callApi, goLive } from '../support/api.ts';
import { decodeLuma, decodeSamples } from '../support/decode-media.ts';
import { toneLevelDb } from '../support/mixer/judge.ts';
import { readPattern } from '../support/pattern/index.ts';
import { type RostrumServer, startRostrumServer } from '../support/rostrum-server.ts';
import { type StagePerson, joinStage } from '../support/stage-person.ts';
import { smallestVideoUri } from '../support/hls-client.ts';
import { programTiles } from '../support/viewer-page.ts';
import { waitFor } from '../support/wait-for.ts';

const deadlineMs = 60_000;
const frameCount = 60;
const ada = { name: 'Ada', identity: 3, toneHz: 440 };
const ivy = { name: 'Ivy', identity: 9, toneHz: 1100 };
const size = { width: 640, height: 360 };
const fullDb = -30;
const absentDb = -60;

let server: RostrumServer;
let webinarId: string;
let multivariant: string;
let host: StagePerson;
let interpreter: StagePerson;

/** The newest whole segment of a rendition, with its init: what a player would fetch, without waiting for the next one. */
async function newestSegment(uri: string): Promise<Buffer> {
  const url = new URL(uri, `${server.baseUrl}/hls/${webinarId}/multivariant.m3u8`);
  const playlist = await (await fetch(url)).text();
  const mapUri = [...playlist.matchAll(/#EXT-X-MAP:URI="([^"]+)"/g)].at(-1)?.[1];
  const segmentUri = [...playlist.matchAll(/^#EXTINF.*\n([^#\n]+)$/gm)].at(-1)?.[1];
  if (mapUri === undefined || segmentUri === undefined) throw new Error(`No segment in ${playlist}`);
  const files = [mapUri, segmentUri].map(async (file) => (await fetch(new URL(file, url))).arrayBuffer());
  return Buffer.concat((await Promise.all(files)).map((bytes) => Buffer.from(bytes)));
}

/** Level of a tone in the newest sound of that language, dBFS. */
async function levelDb(language: string, toneHz: number): Promise<number> {
  const uri = new RegExp(`LANGUAGE="${language}".*URI="([^"]+)"`).exec(multivariant)?.[1];
  if (uri === undefined) throw new Error(`No audio in ${language}:\n${multivariant}`);
  return toneLevelDb(await decodeSamples(await newestSegment(uri)), toneHz);
}

async function heard(language: string, toneHz: number, isRight: (db: number) => boolean): Promise<void> {
  await waitFor(
    `${toneHz} Hz in ${language}`,
    async () => {
      const db = await levelDb(language, toneHz);
      if (isRight(db)) return true;
      throw new Error(`level is ${db.toFixed(1)} dBFS`);
    },
    { deadlineMs },
  );
}

beforeAll(async () => {
  server = await startRostrumServer();
  const created = await callApi<{ webinarId: string; links: { host: string } }>(server, 'POST', '/api/webinars', {
    body: { title: 'Interpreted event', languages: [{ tag: 'de', name: 'Deutsch' }] },
  });
  ({ webinarId } = created.body);
  const invitation = await callApi<{ url: string }>(server, 'POST', `/api/webinars/${webinarId}/invites`, {
    body: { role: 'panelist', name: ivy.name, channel: 'de' },
  });
  interpreter = await joinStage({ ...ivy, url: invitation.body.url, frameCount });
  await interpreter.speak(false);
  host = await joinStage({ ...ada, url: created.body.links.host, frameCount });
  await goLive(server, webinarId, true);
  multivariant = await (await fetch(`${server.baseUrl}/hls/${webinarId}/multivariant.m3u8`)).text();
}, 120_000);

afterAll(async () => {
  await Promise.all([host?.close(), interpreter?.close()]);
  await server?.dispose();
});

describe('an interpreted event', () => {
  it('offers the floor by default and the language by its name', () => {
    const media = multivariant.split('\n').filter((line) => line.startsWith('#EXT-X-MEDIA:'));
    expect(media).toHaveLength(2);
    expect(media[0]).toContain('DEFAULT=YES');
    expect(media[1]).toMatch(/NAME="Deutsch".*LANGUAGE="de".*DEFAULT=NO/);
  });

  it('has the floor on both channels while the interpreter is silent', async () => {
    await heard('und', ada.toneHz, (db) => db > fullDb);
    await heard('de', ada.toneHz, (db) => db > fullDb);
  });

  it('has the interpreter on their channel over the quieter floor, and not on the floor', async () => {
    await interpreter.speak(true);
    await heard('de', ivy.toneHz, (db) => db > fullDb);
    await waitFor(
      'the floor to be quieter there',
      async () => {
        const [floorDb, underDb] = await Promise.all(['und', 'de'].map((language) => levelDb(language, ada.toneHz)));
        if (underDb! < floorDb! - 12 && underDb! > absentDb) return true;
        throw new Error(`floor ${floorDb!.toFixed(1)}, under the interpreter ${underDb!.toFixed(1)} dBFS`);
      },
      { deadlineMs },
    );
    expect(await levelDb('und', ivy.toneHz)).toBeLessThan(absentDb);
  });

  it('shows the host and not the interpreter, who speaks all the time', async () => {
    const { x, y, width, height } = programTiles.alone;
    const rect = { x: x * size.width, y: y * size.height, width: width * size.width, height: height * size.height };
    const videoUri = smallestVideoUri(multivariant);
    let identity: number | undefined;
    await waitFor(
      'somebody in the picture',
      async () => {
        const pictures = await decodeLuma(await newestSegment(videoUri), size);
        identity = readPattern(pictures.at(-1)!, rect)?.identity;
        return identity !== undefined;
      },
      { deadlineMs },
    );
    expect(identity).toBe(ada.identity);
  });

  it('tells the stage who interprets, and lets it not hear them', async () => {
    await host.page.getByText('Interpreter: German').waitFor();
    await interpreter.page.getByText('Interpreter: German').waitFor();
    const kinds = async (person: StagePerson) => (await person.stats()).inbound.map(({ kind }) => kind);
    expect(await kinds(host)).not.toContain('audio');
    expect(await kinds(interpreter)).toContain('audio');
  });
});
