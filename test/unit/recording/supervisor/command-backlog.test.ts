import { describe, expect, it } from 'vitest';
import { CommandBacklog } from '../../../../src/recording/supervisor/command-backlog.ts';
import { initOf, partOf, recordingStart, segmentOf } from '../support/fake-program.ts';

const sessionId = 'session-1';
const part = (index: number, sizeBytes = 1000) => ({
  type: 'part' as const,
  sessionId,
  part: partOf(0, index, sizeBytes),
});
const drain = (backlog: CommandBacklog) => {
  const taken = [];
  for (let next = backlog.takeNext(); next !== undefined; next = backlog.takeNext()) taken.push(next);
  return taken;
};

describe('CommandBacklog', () => {
  it('numbers commands from 1 and gives them in order', () => {
    const backlog = new CommandBacklog({ maxBytes: 1e6, maxInFlightBytes: 1e6 });
    for (let index = 0; index < 3; index++) backlog.push(part(index), 0);
    expect(drain(backlog).map((command) => command.sequence)).toEqual([1, 2, 3]);
  });

  it('takeNext stops at the window and goes on after acknowledge', () => {
    const backlog = new CommandBacklog({ maxBytes: 1e6, maxInFlightBytes: 3200 });
    for (let index = 0; index < 4; index++) backlog.push(part(index), 0);
    expect(drain(backlog).map((command) => command.sequence)).toEqual([1, 2]);
    expect(backlog.acknowledge(1).map((command) => command.sequence)).toEqual([1]);
    expect(drain(backlog).map((command) => command.sequence)).toEqual([3]);
  });

  it('rewind gives everything unacknowledged again', () => {
    const backlog = new CommandBacklog({ maxBytes: 1e6, maxInFlightBytes: 1e6 });
    for (let index = 0; index < 3; index++) backlog.push(part(index), 0);
    drain(backlog);
    backlog.acknowledge(1);
    backlog.rewind();
    expect(drain(backlog).map((command) => command.sequence)).toEqual([2, 3]);
  });

  it('acknowledge of a number that was not sent again yet forgets nothing that waits', () => {
    const backlog = new CommandBacklog({ maxBytes: 1e6, maxInFlightBytes: 1e6 });
    backlog.push(part(0), 0);
    expect(backlog.acknowledge(1)).toEqual([]);
    expect(backlog.length).toBe(1);
  });

  it('push beyond the limit drops the oldest waiting media, keeps all else, and tells the loss in its place', () => {
    const backlog = new CommandBacklog({ maxBytes: 8000, maxInFlightBytes: 1e6 });
    backlog.push({ type: 'begin', start: recordingStart() }, 0);
    backlog.push({ type: 'init', sessionId, init: initOf(0) }, 0);
    let lostCount = 0;
    for (let index = 0; index < 200; index++) {
      lostCount += backlog.push(part(index), 7);
      if (index % 4 === 3) backlog.push({ type: 'segment', sessionId, segment: segmentOf(0, 4) }, 7);
      expect(backlog.totalBytes).toBeLessThanOrEqual(8000 + 1024);
    }
    const left = drain(backlog);
    expect(left.slice(0, 2).map((command) => command.type)).toEqual(['begin', 'init']);
    const losses = left.filter((command) => command.type === 'loss');
    expect(losses.reduce((sum, loss) => sum + loss.partCount, 0)).toBe(lostCount);
    const kept = left.filter((command) => command.type === 'part');
    expect(kept.length + lostCount).toBe(200);
    expect(kept.at(-1)).toMatchObject({ part: { partIndex: 199 } });
    expect(left.map((command) => command.sequence)).toEqual(
      [...left].map((command) => command.sequence).sort((a, b) => a - b),
    );
  });

  it('push never drops what is in flight', () => {
    const backlog = new CommandBacklog({ maxBytes: 4000, maxInFlightBytes: 1e6 });
    backlog.push(part(0), 0);
    backlog.push(part(1), 0);
    drain(backlog);
    for (let index = 2; index < 10; index++) backlog.push(part(index), 0);
    backlog.rewind();
    expect(drain(backlog).slice(0, 2)).toMatchObject([{ sequence: 1 }, { sequence: 2 }]);
  });
});
