import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../src/core/clock.ts';
import { Lifecycle, withDeadline } from '../../../src/core/lifecycle.ts';

class Owner extends Lifecycle {
  readonly failures: string[] = [];
  readonly #released: string[];

  constructor(released: string[], clock = new FakeClock()) {
    super({ clock, closeDeadlineMs: 1000 });
    this.#released = released;
  }

  add(name: string, release?: () => void | Promise<void>): void {
    this.own(name, async (reason) => {
      this.#released.push(`${name}:${reason}`);
      await release?.();
    });
  }

  ownAsIs(name: string, release: () => void): void {
    this.own(name, release);
  }

  go(state: Parameters<Lifecycle['advanceTo']>[0]): void {
    this.advanceTo(state);
  }

  protected override onReleaseFailed(name: string): void {
    this.failures.push(name);
  }
}

describe('Lifecycle', () => {
  it('close releases what it owns in reverse order, with the reason', async () => {
    const released: string[] = [];
    const owner = new Owner(released);
    owner.add('first');
    owner.add('second');
    await owner.close('test over');
    expect(released).toEqual(['second:test over', 'first:test over']);
    expect(owner.state).toBe('closed');
    expect(owner.closeReason).toBe('test over');
  });

  it('close called twice returns the same promise and keeps the first reason', async () => {
    const owner = new Owner([]);
    const first = owner.close('a');
    expect(owner.close('b')).toBe(first);
    await first;
    expect(owner.closeReason).toBe('a');
  });

  it('close called from within a release does not dead-lock', async () => {
    const owner = new Owner([]);
    owner.add('loop', () => void owner.close('again'));
    await owner.close('once');
    expect(owner.state).toBe('closed');
  });

  it('a release that throws is reported and the others still run', async () => {
    const released: string[] = [];
    const owner = new Owner(released);
    owner.add('first');
    owner.add('broken', () => {
      throw new Error('no');
    });
    await owner.close('x');
    expect(owner.failures).toEqual(['broken']);
    expect(released).toEqual(['broken:x', 'first:x']);
  });

  it('a release that hangs is given up at the deadline', async () => {
    const clock = new FakeClock();
    const released: string[] = [];
    const owner = new Owner(released, clock);
    owner.add('first');
    owner.add('hanging', () => new Promise(() => undefined));
    const closed = owner.close('x');
    await clock.advanceAsync(1200, 100);
    await closed;
    expect(owner.failures).toEqual(['hanging']);
    expect(released).toContain('first:x');
  });

  it('something owned after close began is released at once', async () => {
    const released: string[] = [];
    const owner = new Owner(released);
    await owner.close('x');
    owner.add('late');
    expect(released).toEqual(['late:x']);
  });

  it('something owned after close began whose release fails is reported', async () => {
    const owner = new Owner([]);
    await owner.close('x');
    owner.add('late and broken', () => Promise.reject(new Error('no')));
    owner.ownAsIs('late and broken at once', () => {
      throw new Error('no');
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(owner.failures.sort()).toEqual(['late and broken', 'late and broken at once']);
  });

  it('advancing backwards throws CORE_INTERNAL', () => {
    const owner = new Owner([]);
    owner.go('running');
    expect(() => owner.go('starting')).toThrow('cannot go from running to starting');
  });

  it('onClosed listeners hear the reason, also when added late', async () => {
    const owner = new Owner([]);
    const heard: string[] = [];
    owner.onClosed((reason) => heard.push(`early ${reason}`));
    await owner.close('done');
    owner.onClosed((reason) => heard.push(`late ${reason}`));
    expect(heard).toEqual(['early done', 'late done']);
  });
});

describe('withDeadline', () => {
  it('rejects with CORE_DEADLINE when the work takes too long, and leaves no timer', async () => {
    const clock = new FakeClock();
    const result = withDeadline(new Promise(() => undefined), 50, clock, 'the work');
    clock.advance(50);
    await expect(result).rejects.toMatchObject({ code: 'CORE_DEADLINE' });
    expect(clock.pendingTimerCount).toBe(0);
  });

  it('returns the value and cancels its timer when the work is quick', async () => {
    const clock = new FakeClock();
    await expect(withDeadline(Promise.resolve(7), 50, clock, 'the work')).resolves.toBe(7);
    expect(clock.pendingTimerCount).toBe(0);
  });
});
