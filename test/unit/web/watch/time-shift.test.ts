import { describe, expect, it } from 'vitest';
import { TimeShift } from '../../../../web/src/watch/time-shift.ts';

describe('TimeShift', () => {
  it('takeDue tells a new player, once, what was last on screen', () => {
    const shift = new TimeShift();
    shift.begin();
    shift.note(1000);
    shift.note(2000);
    shift.note(undefined);
    shift.playerMade();
    // Where the new player begins is not where the viewer was.
    shift.note(9000);
    expect(shift.takeDue()).toEqual({ programWallMs: 2000 });
    expect(shift.takeDue()).toBeUndefined();
    expect(shift.isOn).toBe(true);
  });

  it('takeDue is undefined at live, and for a viewer who chose another place or live meanwhile', () => {
    const shift = new TimeShift();
    shift.note(1000);
    shift.playerMade();
    expect(shift.takeDue()).toBeUndefined();
    for (const change of ['begin', 'end'] as const) {
      shift.begin();
      shift.note(1000);
      shift.playerMade();
      shift[change]();
      expect(shift.takeDue()).toBeUndefined();
    }
  });

  it('takeDue has no place when none was ever seen', () => {
    const shift = new TimeShift();
    shift.begin();
    shift.note(1000);
    shift.begin();
    shift.playerMade();
    expect(shift.takeDue()).toEqual({ programWallMs: undefined });
  });
});
