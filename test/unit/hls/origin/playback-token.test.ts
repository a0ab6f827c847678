import { describe, expect, it } from 'vitest';
import { takePlaybackToken } from '../../../../src/hls/origin/playback-token.ts';
import { matchRoute } from '../../../../src/hls/origin/routes.ts';

describe('takePlaybackToken', () => {
  it('takes the first element below /hls/t/ out of the path', () => {
    expect(takePlaybackToken('/hls/t/a.b.c/w/s/video/0.m4s', undefined)).toEqual({
      path: '/hls/w/s/video/0.m4s',
      token: 'a.b.c',
      carrier: 'path',
    });
  });

  it.each([
    'rostrum-playback=a.b.c',
    'x=1; rostrum-playback=a.b.c',
    'rostrum-playback=a.b.c; x=1',
    'other_rostrum-playback=z; rostrum-playback=a.b.c;',
  ])('takes it from the cookie %s', (cookie) => {
    expect(takePlaybackToken('/hls/w/auth', cookie)).toEqual({
      path: '/hls/w/auth',
      token: 'a.b.c',
      carrier: 'cookie',
    });
  });

  it.each([
    'rostrum-playback=',
    'xrostrum-playback=a.b.c',
    'rostrum-playback=a b',
    `rostrum-playback=${'a'.repeat(1100)}`,
  ])('takes nothing from the cookie %s', (cookie) => {
    expect(takePlaybackToken('/hls/w/auth', cookie).token).toBeUndefined();
  });

  it('prefers the path to the cookie', () => {
    expect(takePlaybackToken('/hls/t/a.b.c/w/auth', 'rostrum-playback=x.y.z').token).toBe('a.b.c');
  });

  it.each(['/hls/t/', '/hls/t//w/auth', '/hls/t/a.b.c', `/hls/t/${'a'.repeat(1100)}/w/auth`])(
    'leaves %s as it is, which no resource has as its address',
    (path) => {
      const carried = takePlaybackToken(path, undefined);
      expect(carried).toEqual({ path, token: undefined, carrier: undefined });
      expect(matchRoute(path)).toBeUndefined();
    },
  );
});

describe('matchRoute', () => {
  it('knows the verdict on a webinar', () => {
    expect(matchRoute('/hls/w/auth')).toEqual({ kind: 'auth', webinarId: 'w' });
    expect(matchRoute('/hls/w/x/auth')).toBeUndefined();
  });
});
