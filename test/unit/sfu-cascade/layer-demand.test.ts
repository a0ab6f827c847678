import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../src/core/clock.ts';
import { LayerDemand } from '../../../src/sfu-cascade/layer-demand.ts';

function setUp() {
  const clock = new FakeClock();
  const told: [string, number | null][] = [];
  const demand = new LayerDemand({ clock, onChanged: (producerId, layer) => told.push([producerId, layer]) });
  demand.add('camera', 2);
  return { clock, told, demand };
}

describe('LayerDemand', () => {
  it('tells nothing while somebody wants all, and less ten seconds after nobody does', () => {
    const { clock, told, demand } = setUp();
    demand.set('camera', 'ann', 2);
    demand.set('camera', 'bob', 0);
    clock.advance(60_000);
    expect(told).toEqual([]);
    demand.set('camera', 'ann', 1);
    clock.advance(9999);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toEqual([['camera', 1]]);
  });

  it('tells more at once, and forgets about less when the wish came back in time', () => {
    const { clock, told, demand } = setUp();
    demand.set('camera', 'ann', 0);
    clock.advance(10_000);
    demand.set('camera', 'ann', 2);
    expect(told).toEqual([
      ['camera', 0],
      ['camera', 2],
    ]);
    demand.set('camera', 'ann', 1);
    clock.advance(5000);
    demand.set('camera', 'ann', 2);
    clock.advance(60_000);
    expect(told).toHaveLength(2);
    expect(clock.pendingTimerCount).toBe(0);
  });

  it('goes down by what is wanted when the time is up, not by the first wish', () => {
    const { clock, told, demand } = setUp();
    demand.set('camera', 'ann', 1);
    clock.advance(9000);
    demand.set('camera', 'ann', 0);
    clock.advance(1000);
    expect(told).toEqual([['camera', 0]]);
  });

  it('is null when nobody receives it, or all have paused, and nothing is told of one that is gone', () => {
    const { clock, told, demand } = setUp();
    clock.advance(10_000);
    expect(told).toEqual([['camera', null]]);
    demand.set('camera', 'ann', 1);
    demand.set('camera', 'ann', null);
    clock.advance(10_000);
    demand.drop('camera', 'ann');
    clock.advance(10_000);
    expect(told.slice(1)).toEqual([
      ['camera', 1],
      ['camera', null],
    ]);
    demand.set('camera', 'ann', 1);
    demand.drop('camera', 'ann');
    demand.remove('camera');
    demand.set('screen', 'ann', 0);
    clock.advance(60_000);
    expect(told).toHaveLength(4);
    demand.close();
    expect(clock.pendingTimerCount).toBe(0);
  });
});
