import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../src/core/clock.ts';
import { silentLogger } from '../../../../src/core/logger.ts';
import { type Tile } from '../../../../src/mixer/layout/layout.ts';
import { frozenCameraMs, heldPictureMs, StageVideos } from '../../../../src/mixer/program/stage-videos.ts';
import { type TileSize } from '../../../../src/mixer/source-contract.ts';
import { person, sourceOf } from '../../../support/mixer/play-program.ts';
import { SyntheticSourceBank } from '../../../support/mixer/synthetic-source-bank.ts';

const content = { colour: { r: 200, g: 40, b: 40 }, toneHz: 440, amplitude: 0.1 };
const contents = new Map(['a', 'a/screen', 'b'].map((key) => [key, content]));

function tile(participantId: string, change: Partial<Tile> = {}): Tile {
  return {
    participant: person(participantId),
    content: 'camera',
    rect: { x: 0, y: 0, width: 320, height: 180 },
    fit: 'cover',
    isOverlay: false,
    isSpeaking: false,
    hiddenCount: 0,
    ...change,
  };
}

/** Videos over a bank whose decoders take no time. */
function setUp() {
  const clock = new FakeClock();
  const bank = new SyntheticSourceBank(
    {
      clock,
      logger: silentLogger,
      rtpListenIp: '127.0.0.1',
      ffmpegPath: 'ffmpeg',
      playoutDelayMs: 0,
      frameRate: 30,
      requestKeyframe: () => undefined,
    },
    contents,
  );
  const asked: [string, TileSize | undefined][] = [];
  const videos = new StageVideos({
    clock,
    bank,
    onSizeWanted: (sourceId, size) => {
      asked.push([sourceId, size]);
      bank.requestSize(sourceId, size);
    },
  });
  return { clock, bank, videos, asked };
}

const large = { x: 0, y: 0, width: 960, height: 540 };

describe('StageVideos', () => {
  it('request asks for the largest of the tiles that show a camera, and for nothing once it is in none', () => {
    const { videos, asked } = setUp();
    videos.add(sourceOf('a', 'camera'));
    videos.add(sourceOf('a', 'microphone'));
    videos.add(sourceOf('b', 'camera'));
    videos.request([tile('a'), tile('a', { rect: large }), tile('a')]);
    videos.request([]);
    expect(asked).toEqual([
      ['a-camera', { width: 960, height: 540, fit: 'cover' }],
      ['b-camera', undefined],
      ['a-camera', undefined],
    ]);
  });

  it('tells screens from cameras of the same person', () => {
    const { videos, asked } = setUp();
    videos.add(sourceOf('a', 'camera'));
    videos.add(sourceOf('a', 'screen'));
    videos.request([tile('a', { content: 'screen', rect: large, fit: 'contain' }), tile('a')]);
    expect(asked).toContainEqual(['a-screen', { width: 960, height: 540, fit: 'contain' }]);
    expect(videos.screenOwnerIds()).toEqual(['a']);
    expect(videos.pictureOf(tile('a', { content: 'screen' }))).toMatchObject({ width: 960 });
    expect(videos.pictureOf(tile('a'))).toMatchObject({ width: 320 });
  });

  it('isReady holds for pictures that are large enough, not for those to be enlarged', () => {
    const { videos } = setUp();
    videos.add(sourceOf('a', 'camera'));
    videos.request([tile('a')]);
    expect(videos.isReady(tile('a'))).toBe(true);
    expect(videos.isReady(tile('a', { rect: { x: 0, y: 0, width: 212, height: 120 } }))).toBe(true);
    expect(videos.isReady(tile('a', { rect: large }))).toBe(false);
  });

  it('isReady waits for a camera that was in no tile, but not for one that gives nothing for 1 s, or is off', () => {
    const { videos, bank, clock } = setUp();
    videos.add(sourceOf('a', 'camera'));
    bank.stall('a-camera');
    clock.advance(60_000);
    expect(videos.isReady(tile('a'))).toBe(false);
    videos.request([tile('a')]);
    clock.advance(999);
    expect(videos.isReady(tile('a'))).toBe(false);
    clock.advance(1);
    expect(videos.isReady(tile('a'))).toBe(true);
    expect(videos.isReady(tile('b'))).toBe(true);
    expect(videos.isReady(tile('a', { participant: person('a', { isCameraOn: false }) }))).toBe(true);
  });

  it('pictureOf ends with a camera that is frozen, never with a screen that stands still', () => {
    const { videos, bank, clock } = setUp();
    const screen = tile('a', { content: 'screen', fit: 'contain' });
    for (const kind of ['camera', 'screen'] as const) videos.add(sourceOf('a', kind));
    videos.request([tile('a'), screen]);
    for (const id of ['a-camera', 'a-screen']) bank.freeze(id);
    clock.advance(frozenCameraMs);
    expect(videos.pictureOf(tile('a'))).toBeDefined();
    clock.advance(1);
    expect(videos.pictureOf(tile('a'))).toBeUndefined();
    clock.advance(3_600_000);
    expect(videos.pictureOf(screen)).toBeDefined();
  });

  it('pictureOf holds the last picture of a source that was removed for a second, and not of one switched off', () => {
    const { videos, bank, clock } = setUp();
    videos.add(sourceOf('a', 'camera'));
    videos.request([tile('a')]);
    const before = bank.videoOf('a')!.latest()!;
    videos.remove('a-camera');
    expect(videos.pictureOf(tile('a'))).toEqual(before);
    expect(videos.pictureOf(tile('a'))!.data).not.toBe(before.data);
    expect(videos.pictureOf(tile('a', { participant: person('a', { isCameraOn: false }) }))).toBeUndefined();
    clock.advance(heldPictureMs);
    expect(videos.pictureOf(tile('a'))).toBeUndefined();
  });

  it('pictureOf goes on with the held picture until the new camera of the same person has one', () => {
    const { videos, bank } = setUp();
    videos.add(sourceOf('a', 'camera'));
    videos.request([tile('a')]);
    videos.remove('a-camera');
    videos.add({ ...sourceOf('a', 'camera'), sourceId: 'a-camera-2' });
    bank.stall('a-camera-2');
    videos.request([tile('a')]);
    expect(videos.pictureOf(tile('a'))).toBeDefined();
    expect(videos.hasPicture('a', 'camera')).toBe(false);
  });
});
