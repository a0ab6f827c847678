import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AddCaptions } from '../../../src/signaling/protocol/index.ts';
import { startStageServer, type TestStage } from '../../support/stage-server.ts';

const received: { webinarId: string; request: AddCaptions }[] = [];
const shown = { cues: [{ cueId: 'c0', startAtMs: 1, endAtMs: 2, shown: null }] };
const request: AddCaptions = { cues: [{ language: 'en', text: 'Hello', startAtMs: 'now', durationMs: 2000 }] };
let stage: TestStage;

beforeAll(async () => {
  const addCaptions = async ({ webinarId }: { webinarId: string }, given: AddCaptions) => {
    received.push({ webinarId, request: given });
    return shown;
  };
  stage = await startStageServer({ captions: { addCaptions } });
});
afterAll(() => stage.close());

it('addCaptions of a captioner is answered with when viewers see it; of a panelist it is refused', async () => {
  const webinarId = 'captions1';
  const captioner = await stage.join({ webinarId, role: 'captioner', displayName: 'Cleo' });
  expect(await captioner.client.ok('addCaptions', request)).toEqual(shown);
  expect(received).toEqual([{ webinarId, request }]);
  const panelist = await stage.join({ webinarId });
  expect(await panelist.client.fails('addCaptions', request)).toBe('SIGNALING_NOT_PERMITTED');
});

it('a captioner sees who is on stage and hears of them, is seen by nobody, and may send no media', async () => {
  const webinarId = 'captions2';
  const host = await stage.join({ webinarId, role: 'host', displayName: 'Hana' });
  const captioner = await stage.join({ webinarId, role: 'captioner', displayName: 'Cleo' });
  expect(captioner.joined.peers.map(({ displayName }) => displayName)).toEqual(['Hana']);
  const late = await stage.join({ webinarId, displayName: 'Pavel' });
  expect(late.joined.peers.map(({ displayName }) => displayName)).toEqual(['Hana']);
  const { transportId } = await captioner.client.ok('createTransport', { direction: 'send' });
  const rtpParameters = { codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }] };
  const produce = { transportId, kind: 'audio', source: 'microphone', rtpParameters, paused: false };
  expect(await captioner.client.fails('produce', produce)).toMatch(
    /^SIGNALING_(ROLE_FORBIDDEN|REQUEST_INVALID|PAYLOAD_INVALID)$/,
  );
  await captioner.client.ok('leave', {});
  await late.client.ok('leave', {});
  expect(stage.heard.filter((line) => line.includes('Cleo'))).toEqual([]);
  const told = host.client.events.filter(({ name }) => name === 'peerJoined' || name === 'peerLeft');
  expect(told.map(({ name }) => name)).not.toContain(undefined);
  expect(JSON.stringify(told)).not.toContain('Cleo');
  expect(JSON.stringify(told)).not.toContain(captioner.joined.peerId);
  expect(captioner.client.events.some(({ name }) => name === 'peerJoined')).toBe(true);
});
