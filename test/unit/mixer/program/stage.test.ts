import { describe, expect, it } from 'vitest';
import { Stage } from '../../../../src/mixer/program/stage.ts';
import { TileRequests } from '../../../../src/mixer/program/tile-requests.ts';

const person = (participantId: string) => ({
  participantId,
  displayName: participantId,
  isMicrophoneOn: true,
  isCameraOn: true,
});

describe('Stage', () => {
  it('tilesAt gives the same array until something changes', () => {
    const stage = new Stage({ width: 1280, height: 720 }, () => undefined);
    stage.setParticipants([person('a'), person('b')]);
    const tiles = stage.tilesAt(0);
    expect(stage.tilesAt(33)).toBe(tiles);
    stage.setSpeaker('b', 40);
    expect(stage.tilesAt(66)).not.toBe(tiles);
  });

  it('tilesAt tells each change of the spotlight once and puts the new one on stage', () => {
    const spotlights: (string | null)[] = [];
    const stage = new Stage({ width: 1280, height: 720 }, (id) => spotlights.push(id));
    stage.tilesAt(0);
    stage.setParticipants([person('a'), person('b'), person('c')]);
    stage.setSpeaker('c', 0);
    for (let nowMs = 0; nowMs < 10_000; nowMs += 33) stage.tilesAt(nowMs);
    stage.setSpeaker('b', 10_000);
    for (let nowMs = 10_000; nowMs < 20_000; nowMs += 33) stage.tilesAt(nowMs);
    expect(stage.tilesAt(20_000).map((tile) => tile.participant.participantId)).toEqual(['b', 'a', 'c']);
    stage.setParticipants([]);
    expect(stage.tilesAt(20_033)).toEqual([]);
    expect(spotlights).toEqual(['c', 'b', null]);
    expect(stage.hasBegun).toBe(true);
  });
});

describe('TileRequests', () => {
  it('update asks once per change, for newcomers too, and forgets who left', () => {
    const asked: [string, string][] = [];
    const requests = new TileRequests((sourceId, tile) => asked.push([sourceId, tile]));
    requests.update(
      new Map([
        ['s1', 'stage'],
        ['s2', 'thumbnail'],
      ] as const),
    );
    requests.update(
      new Map([
        ['s1', 'stage'],
        ['s2', 'thumbnail'],
      ] as const),
    );
    requests.update(new Map([['s2', 'stage']] as const));
    requests.update(
      new Map([
        ['s1', 'stage'],
        ['s2', 'stage'],
      ] as const),
    );
    expect(asked).toEqual([
      ['s1', 'stage'],
      ['s2', 'thumbnail'],
      ['s2', 'stage'],
      ['s1', 'stage'],
    ]);
  });
});
