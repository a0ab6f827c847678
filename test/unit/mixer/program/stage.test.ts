import { describe, expect, it } from 'vitest';
import { Stage } from '../../../../src/mixer/program/stage.ts';
import { type PictureSize } from '../../../../src/mixer/source-contract.ts';
import { TileRequests } from '../../../../src/mixer/program/tile-requests.ts';

const person = (participantId: string) => ({
  participantId,
  displayName: participantId,
  isMicrophoneOn: true,
  isCameraOn: true,
});

const always = (): boolean => true;
const large = { width: 960, height: 540 };
const small = { width: 320, height: 180 };

describe('Stage', () => {
  it('tilesAt gives the same array until something changes', () => {
    const stage = new Stage({ width: 1280, height: 720 }, () => undefined);
    stage.setParticipants([person('a'), person('b')]);
    const tiles = stage.tilesAt(0, always);
    expect(stage.tilesAt(33, always)).toBe(tiles);
    stage.setSpeaker('b', 40);
    expect(stage.tilesAt(66, always)).not.toBe(tiles);
  });

  it('tilesAt tells each change of the spotlight once and puts the new one on stage', () => {
    const spotlights: (string | null)[] = [];
    const stage = new Stage({ width: 1280, height: 720 }, (id) => spotlights.push(id));
    stage.tilesAt(0, always);
    stage.setParticipants([person('a'), person('b'), person('c')]);
    stage.setSpeaker('c', 0);
    for (let nowMs = 0; nowMs < 10_000; nowMs += 33) stage.tilesAt(nowMs, always);
    stage.setSpeaker('b', 10_000);
    for (let nowMs = 10_000; nowMs < 20_000; nowMs += 33) stage.tilesAt(nowMs, always);
    expect(stage.tilesAt(20_000, always).map((tile) => tile.participant.participantId)).toEqual(['b', 'a', 'c']);
    stage.setParticipants([]);
    expect(stage.tilesAt(20_033, always)).toEqual([]);
    expect(spotlights).toEqual(['c', 'b', null]);
    expect(stage.hasBegun).toBe(true);
  });
});

describe('TileRequests', () => {
  it('update asks once per change, for newcomers too, and forgets who left', () => {
    const asked: [string, PictureSize | undefined][] = [];
    const requests = new TileRequests((sourceId, size) => asked.push([sourceId, size]));
    requests.update(
      new Map([
        ['s1', large],
        ['s2', small],
      ]),
    );
    requests.update(
      new Map([
        ['s1', large],
        ['s2', small],
      ]),
    );
    requests.update(new Map([['s2', large]]));
    requests.update(
      new Map([
        ['s1', large],
        ['s2', large],
      ]),
    );
    expect(asked).toEqual([
      ['s1', large],
      ['s2', small],
      ['s2', large],
      ['s1', large],
    ]);
  });
});
