import { describe, expect, it } from 'vitest';
import { emptyRoster, reduceRoster } from '../../../../web/src/stage/roster.ts';
import { unheardNotice } from '../../../../web/src/stage/unheard.ts';

const ivy = {
  peerId: 'ivy',
  displayName: 'Ivy',
  role: 'panelist',
  permissions: [],
  audioChannelId: 'de',
  producers: [],
} as const;
const ann = { peerId: 'ann', displayName: 'Ann', role: 'panelist', permissions: [], producers: [] } as const;
const roster = { ...emptyRoster, peers: [ann, ivy] };

describe('unheardNotice', () => {
  it('names the interpreters whose language the event does not carry, oneself first, with the code', () => {
    const live = { ...roster, audioChannelId: 'fr', channelIds: ['es'] };
    const notice = unheardNotice(live, ['en']);
    expect(notice?.title).toBe('Viewers cannot hear: You (French), Ivy (German)');
    expect(notice?.fix).toContain('WEBINAR_CHANNEL_NOT_CARRIED');
  });

  it('is silent for a language that is carried, for the floor, and while nothing runs', () => {
    expect(unheardNotice({ ...roster, channelIds: ['de'] }, ['en'])).toBeUndefined();
    expect(unheardNotice({ ...roster, peers: [ann], channelIds: [] }, ['en'])).toBeUndefined();
    expect(unheardNotice(roster, ['en'])).toBeUndefined();
  });

  it('comes with the event and goes with its end', () => {
    const live = reduceRoster(roster, { name: 'webinarState', payload: { state: 'starting', channelIds: [] } });
    expect(unheardNotice(live, ['en'])).toBeDefined();
    const over = reduceRoster(live, { name: 'webinarState', payload: { state: 'idle' } });
    expect(unheardNotice(over, ['en'])).toBeUndefined();
  });
});
