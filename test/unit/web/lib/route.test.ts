import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTokenHint, tokenFromHash, webinarIdFromPath } from '../../../../web/src/lib/route.ts';

const jwt = (claims: unknown): string =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2lnbmF0dXJlLW9mLWE`;

describe('webinarIdFromPath', () => {
  it('returns the id of the page asked for', () => {
    expect(webinarIdFromPath('/watch/town-hall_1', 'watch')).toBe('town-hall_1');
    expect(webinarIdFromPath('/stage/abc/', 'stage')).toBe('abc');
  });

  it.each(['/watch', '/watch/', '/stage/abc', '/watch/a/b', '/watch/a%2Fb', `/watch/${'x'.repeat(65)}`, ''])(
    'returns undefined for %j as a viewer page',
    (path) => expect(webinarIdFromPath(path, 'watch')).toBeUndefined(),
  );
});

describe('tokenFromHash', () => {
  it('takes a token with or without its leading #', () => {
    const token = jwt({ role: 'host' });
    expect(tokenFromHash(`#${token}`)).toBe(token);
    expect(tokenFromHash(token)).toBe(token);
  });

  it.each(['', '#', '#short', '#has space and is long enough'])('returns undefined for %j', (hash) =>
    expect(tokenFromHash(hash)).toBeUndefined(),
  );
});

describe('tokenFromHash, at the limit of the protocol', () => {
  it('takes 2048 characters and refuses 2049', () => {
    expect(tokenFromHash('a'.repeat(2048))).toHaveLength(2048);
    expect(tokenFromHash('a'.repeat(2049))).toBeUndefined();
  });
});

describe('readTokenHint', () => {
  it('reads role and a name in any script', () => {
    expect(readTokenHint(jwt({ role: 'panelist', name: 'Zoë 山田' }))).toEqual({
      role: 'panelist',
      displayName: 'Zoë 山田',
    });
  });

  it('gives an empty hint for claims of other kinds', () => {
    const empty = { role: undefined, displayName: undefined };
    expect(readTokenHint(jwt({ role: 'admin', name: 7 }))).toEqual(empty);
    expect(readTokenHint(jwt('text'))).toEqual(empty);
    expect(readTokenHint(jwt({ name: 'x'.repeat(61) }))).toEqual(empty);
  });

  it('never throws, whatever stands in the address bar', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(readTokenHint(text)).toBeTypeOf('object');
      }),
    );
  });
});
