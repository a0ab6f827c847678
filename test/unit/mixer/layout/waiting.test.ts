import { describe, expect, it } from 'vitest';
import { Arrivals } from '../../../../src/mixer/layout/arrivals.ts';
import { RelayoutGate } from '../../../../src/mixer/layout/relayout-gate.ts';

describe('Arrivals', () => {
  const nobody = (): boolean => false;

  it('lets newcomers wait for their first picture, or for the time given', () => {
    const arrivals = new Arrivals(1000, false);
    arrivals.setPresent(['a', 'b'], 100);
    expect(arrivals.arrived(100, nobody)).toEqual([]);
    expect(arrivals.arrived(500, (id) => id === 'b')).toEqual(['b']);
    expect(arrivals.arrived(1099, nobody)).toEqual(['b']);
    expect(arrivals.arrived(1100, nobody)).toEqual(['a', 'b']);
  });

  it('forgets who leaves and lets them wait anew', () => {
    const arrivals = new Arrivals(1000, false);
    arrivals.setPresent(['a', 'b'], 0);
    expect(arrivals.arrived(1000, nobody)).toEqual(['a', 'b']);
    arrivals.setPresent(['b'], 1100);
    expect(arrivals.arrived(1100, nobody)).toEqual(['b']);
    arrivals.setPresent(['b', 'a'], 1200);
    expect(arrivals.arrived(2199, nobody)).toEqual(['b']);
  });

  it('continuing a program seats the first people at once, and nobody after them', () => {
    const arrivals = new Arrivals(1000, true);
    arrivals.setPresent([], 0);
    arrivals.setPresent(['a', 'b'], 10);
    expect(arrivals.arrived(10, nobody)).toEqual(['a', 'b']);
    arrivals.setPresent(['a', 'b', 'c'], 20);
    expect(arrivals.arrived(20, nobody)).toEqual(['a', 'b']);
  });
});

describe('RelayoutGate', () => {
  const ready = { isReady: true, isUrgent: false };
  const unready = { isReady: false, isUrgent: false };

  it('opens when the pictures are there, or at the deadline', () => {
    const gate = new RelayoutGate();
    gate.want(0, 700);
    expect(gate.isOpen(0, ready)).toBe(true);
    expect(gate.isOpen(699, unready)).toBe(false);
    expect(gate.isOpen(700, unready)).toBe(true);
  });

  it('keeps the earliest of several deadlines', () => {
    const gate = new RelayoutGate();
    gate.want(0, 700);
    gate.want(100, 300);
    gate.want(350, 700);
    expect(gate.isOpen(399, unready)).toBe(false);
    expect(gate.isOpen(400, unready)).toBe(true);
  });

  it('opens no sooner than 500 ms after the last change, but for an order of the host', () => {
    const gate = new RelayoutGate();
    gate.shown(1000);
    expect(gate.isOpen(1499, ready)).toBe(false);
    expect(gate.isOpen(1499, { ...ready, isUrgent: true })).toBe(true);
    expect(gate.isOpen(1499, { ...unready, isUrgent: true })).toBe(false);
    expect(gate.isOpen(1500, ready)).toBe(true);
  });

  it('forgets its deadline once the layout is shown or no longer wanted', () => {
    const gate = new RelayoutGate();
    gate.want(0, 700);
    gate.forget();
    expect(gate.isOpen(5000, unready)).toBe(false);
    gate.want(5000, 700);
    gate.shown(5100);
    expect(gate.isOpen(9000, unready)).toBe(false);
  });
});
