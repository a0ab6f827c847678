import { describe, expect, it } from 'vitest';
import { openStage, stagePolicySchema } from '../../../../src/signaling/people/policy-schema.ts';
import { decide, linkPermissions, personKeyOf, standingOf } from '../../../../src/signaling/people/stage-policy.ts';
import { type Grant } from '../../../../src/signaling/index.ts';
import { defaultPermissions } from '../../../../src/signaling/protocol/index.ts';

const grant = (over: Partial<Grant> = {}): Grant => ({
  webinarId: 'w',
  role: 'panelist',
  displayName: 'Ann',
  grantId: 'link',
  ...over,
});
const keyOf = (clientId: string) => personKeyOf('link', clientId);
const ann = { personKey: keyOf('ann'), grantId: 'link' };

describe('personKeyOf', () => {
  it('tells browsers and invitations apart, and gives away neither', () => {
    const keys = [personKeyOf('a', 'x'), personKeyOf('a', 'y'), personKeyOf('b', 'x'), personKeyOf('a', undefined)];
    expect(new Set(keys).size).toBe(4);
    expect(personKeyOf('a', 'x')).toBe(keys[0]);
    expect(keys.join()).not.toMatch(/secret/);
    expect(personKeyOf('a', 'secret-of-this-browser')).toMatch(/^[\w-]{22}$/);
  });
});

describe('standingOf', () => {
  it('is what the invitation says while nothing was decided', () => {
    expect(standingOf(openStage, grant(), ann.personKey)).toEqual({
      role: 'panelist',
      permissions: defaultPermissions.panelist,
      place: 'stage',
      isRemoved: false,
    });
    const voiceOnly = grant({ permissions: ['publishMicrophone'] });
    expect(standingOf(openStage, voiceOnly, ann.personKey).permissions).toEqual(['publishMicrophone']);
  });

  it('with the green room on, panelists wait, who lets people in and captioners do not', () => {
    const policy = { ...openStage, isGreenRoomOn: true };
    const placeOf = (over: Partial<Grant>) => standingOf(policy, grant(over), ann.personKey).place;
    expect(placeOf({})).toBe('greenRoom');
    expect(placeOf({ role: 'host' })).toBe('stage');
    expect(placeOf({ role: 'coHost' })).toBe('stage');
    expect(placeOf({ role: 'captioner' })).toBe('stage');
    expect(standingOf(openStage, grant({ waits: true }), ann.personKey).place).toBe('greenRoom');
  });

  it('who was let in once comes back onto the stage, who was sent back waits again', () => {
    const on = { ...openStage, isGreenRoomOn: true };
    const admitted = decide(on, ann, { place: 'stage' });
    expect(standingOf(admitted, grant(), ann.personKey).place).toBe('stage');
    expect(standingOf(admitted, grant(), keyOf('bob')).place).toBe('greenRoom');
    const sentBack = decide(decide(openStage, ann, { place: 'stage' }), ann, { place: 'greenRoom' });
    expect(sentBack.decisions).toHaveLength(1);
    expect(standingOf(sentBack, grant(), ann.personKey).place).toBe('greenRoom');
  });

  it('who was removed stays out, and everybody else with that link has to be let in', () => {
    const policy = decide(decide(openStage, ann, { place: 'stage' }), ann, { isRemoved: true });
    expect(standingOf(policy, grant(), ann.personKey).isRemoved).toBe(true);
    expect(standingOf(policy, grant(), keyOf('same person in a private window'))).toMatchObject({
      isRemoved: false,
      place: 'greenRoom',
    });
    expect(standingOf(policy, grant({ grantId: 'other' }), personKeyOf('other', 'bob')).place).toBe('stage');
  });

  it('another role brings its permissions, unless some were decided too', () => {
    const asCoHost = decide(openStage, ann, { role: 'coHost' });
    expect(standingOf(asCoHost, grant(), ann.personKey)).toMatchObject({
      role: 'coHost',
      permissions: defaultPermissions.coHost,
    });
    const mute = decide(asCoHost, ann, { permissions: [] });
    expect(standingOf(mute, grant(), ann.personKey)).toMatchObject({ role: 'coHost', permissions: [] });
  });
});

describe('linkPermissions', () => {
  it('follows the newest decision about who came with the link', () => {
    expect(linkPermissions(openStage, grant({ role: 'host' }))).toEqual(defaultPermissions.host);
    const handedOver = decide(openStage, ann, { role: 'coHost', permissions: [...defaultPermissions.coHost] });
    expect(linkPermissions(handedOver, grant({ role: 'host' }))).toEqual(defaultPermissions.coHost);
    const removed = decide(handedOver, ann, { isRemoved: true });
    expect(linkPermissions(removed, grant({ role: 'host' }))).toEqual([]);
  });
});

describe('decide', () => {
  it('keeps the newest 500 decisions, and what it keeps can be stored', () => {
    let policy = openStage;
    for (let index = 0; index < 510; index++)
      policy = decide(policy, { personKey: keyOf(`p${index}`), grantId: 'link' }, { place: 'stage' });
    expect(policy.decisions).toHaveLength(500);
    expect(policy.decisions[0]?.personKey).toBe(keyOf('p10'));
    expect(stagePolicySchema.parse(JSON.parse(JSON.stringify(policy)))).toEqual(policy);
  });
});
