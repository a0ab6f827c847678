/** Another screen, as far as browsers say anything about it: both of their ways, played by elements that are none. */
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../src/core/clock.ts';
import { RemoteTarget } from '../../../../web/src/watch/remote-target.ts';

class FakeRemote extends EventTarget {
  tellAvailability: (isAvailable: boolean) => void = () => undefined;
  refusePrompt: () => void = () => undefined;
  promptCount = 0;

  watchAvailability(callback: (isAvailable: boolean) => void): Promise<number> {
    this.tellAvailability = callback;
    return Promise.resolve(1);
  }

  prompt(): Promise<void> {
    this.promptCount++;
    return new Promise((_resolve, reject) => (this.refusePrompt = () => reject(new Error('NotAllowedError'))));
  }
}

class FakeVideo extends EventTarget {
  src = '';
  preload = '';
  canPlay = 'maybe';
  canPlayType(): string {
    return this.canPlay;
  }
  removeAttribute(): void {
    this.src = '';
  }
}

function setUp(extras: object = {}, canPlay = 'maybe') {
  const clock = new FakeClock();
  const video = Object.assign(new FakeVideo(), extras);
  const probe = Object.assign(new FakeVideo(), { remote: new FakeRemote() }, { canPlay });
  const state = { changes: 0, ends: 0 };
  const target = new RemoteTarget({
    ...{ video, probe },
    scheduler: clock,
    onChange: () => state.changes++,
    onEnded: () => state.ends++,
  });
  return { clock, video, probe, state, target };
}

describe('RemoteTarget with remote playback', () => {
  it('is available when the browser says so, asks it to choose, and is over when the screen lets go', () => {
    const remote = new FakeRemote();
    const { probe, state, target } = setUp({ remote });
    target.watch('/hls/a.m3u8');
    expect(target.isAvailable).toBe(false);
    probe.remote.tellAvailability(true);
    expect(target.isAvailable).toBe(true);
    target.begin();
    target.choose();
    expect([target.isActive, remote.promptCount]).toEqual([true, 1]);
    remote.dispatchEvent(new Event('connect'));
    remote.dispatchEvent(new Event('disconnect'));
    expect([target.isActive, state.ends]).toEqual([false, 1]);
  });

  it('is over when nothing is chosen', async () => {
    const remote = new FakeRemote();
    const { target, state } = setUp({ remote });
    target.watch('/hls/a.m3u8');
    target.begin();
    target.choose();
    remote.refusePrompt();
    await Promise.resolve();
    await Promise.resolve();
    expect([target.isActive, state.ends]).toEqual([false, 1]);
  });

  it('asks nothing where the browser has no HLS of its own', () => {
    const { probe, target } = setUp({ remote: new FakeRemote() }, '');
    target.watch('/hls/a.m3u8');
    expect(probe.src).toBe('');
  });
});

describe('RemoteTarget with AirPlay', () => {
  const airPlay = () => {
    const state = { pickerCount: 0 };
    return { state, extras: { webkitShowPlaybackTargetPicker: () => state.pickerCount++ } };
  };
  const availability = (value: string) =>
    Object.assign(new Event('webkitplaybacktargetavailabilitychanged'), { availability: value });

  it('shows the list of the browser, and is over when the wireless target goes', () => {
    const { state: shown, extras } = airPlay();
    const { clock, probe, video, state, target } = setUp(extras);
    target.watch('/hls/a.m3u8');
    probe.dispatchEvent(availability('available'));
    expect(target.isAvailable).toBe(true);
    target.begin();
    target.choose();
    expect(shown.pickerCount).toBe(1);
    Object.assign(video, { webkitCurrentPlaybackTargetIsWireless: true });
    video.dispatchEvent(new Event('webkitcurrentplaybacktargetiswirelesschanged'));
    clock.advance(120_000);
    expect([target.isActive, state.ends]).toEqual([true, 0]);
    Object.assign(video, { webkitCurrentPlaybackTargetIsWireless: false });
    video.dispatchEvent(new Event('webkitcurrentplaybacktargetiswirelesschanged'));
    expect([target.isActive, state.ends]).toEqual([false, 1]);
    probe.dispatchEvent(availability('not-available'));
    expect(target.isAvailable).toBe(false);
  });

  it('is over after a minute without a choice, which the browser does not tell', () => {
    const { clock, target, state } = setUp(airPlay().extras);
    target.watch('/hls/a.m3u8');
    target.begin();
    target.choose();
    clock.advance(60_000);
    expect([target.isActive, state.ends, clock.pendingTimerCount]).toEqual([false, 1, 0]);
  });

  it('begin lets the element be played elsewhere, which hls.js may have forbidden', () => {
    const { video, target } = setUp({ ...airPlay().extras, disableRemotePlayback: true });
    target.begin();
    expect(video).toMatchObject({ disableRemotePlayback: false });
  });

  it('end is the end of the event: nobody is told, and it can be begun again', () => {
    const { clock, target, state } = setUp(airPlay().extras);
    target.watch('/hls/a.m3u8');
    target.begin();
    target.choose();
    target.end();
    clock.advance(120_000);
    expect([target.isActive, state.ends, clock.pendingTimerCount]).toEqual([false, 0, 0]);
  });

  it('close ends listening and timers', () => {
    const { clock, probe, target, state } = setUp(airPlay().extras);
    target.watch('/hls/a.m3u8');
    target.begin();
    target.choose();
    target.close();
    probe.dispatchEvent(availability('available'));
    clock.advance(120_000);
    expect([target.isAvailable, state.ends, clock.pendingTimerCount]).toEqual([false, 0, 0]);
  });
});
