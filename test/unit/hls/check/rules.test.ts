/** Every fault is named by exactly the rule that it breaks, and a good stream by none. */
import { describe, expect, it } from 'vitest';
import { rules, severityOf } from '../../../../src/hls/check/table/rules.ts';
import { type Case, goodAudio, goodMultivariant, goodVideo } from '../../../support/hls-check/good-stream.ts';
import { connectionCases, goodConnections } from '../../../support/hls-check/connection-cases.ts';
import { httpCases } from '../../../support/hls-check/http-cases.ts';
import { goodMedia, mediaCases } from '../../../support/hls-check/media-cases.ts';
import { inMedia, inMultivariant, playlistCases } from '../../../support/hls-check/playlist-cases.ts';
import { goodReloads, reloadCases } from '../../../support/hls-check/reload-cases.ts';
import { goodRenditions, renditionCases } from '../../../support/hls-check/rendition-cases.ts';

function isNamed({ rule, severity, broken }: Case): void {
  expect(broken()).toEqual([`${rule} ${severity ?? severityOf(rule)}`]);
}

describe('a good stream', () => {
  it('has nothing to be found in its playlists', () => {
    expect([inMedia(goodVideo), inMedia(goodAudio, 'audio'), inMultivariant(goodMultivariant)]).toEqual([[], [], []]);
  });

  it('has nothing to be found between its loads and its renditions', () => {
    expect([...goodReloads(), ...goodRenditions()].flat()).toEqual([]);
  });

  it('has nothing to be found in its bytes', () => {
    expect([...goodMedia(), ...goodConnections()].flat()).toEqual([]);
  });
});

describe('one playlist', () => {
  it.each(playlistCases)('rule $rule: $what', isNamed);
});

describe('across reloads', () => {
  it.each(reloadCases)('rule $rule: $what', isNamed);
});

describe('across renditions', () => {
  it.each(renditionCases)('rule $rule: $what', isNamed);
});

describe('media bytes', () => {
  it.each(mediaCases)('rule $rule: $what', isNamed);
});

describe('connections', () => {
  it.each(connectionCases)('rule $rule: $what', isNamed);
});

describe('the rule table', () => {
  it('has 77 rules in order, each with a fault in a test that it alone is named for', () => {
    const numbers = Array.from({ length: 77 }, (_, index) => index + 1);
    expect(rules.map(({ number }) => number)).toEqual(numbers);
    const faults = [playlistCases, reloadCases, renditionCases, mediaCases, connectionCases, httpCases].flat();
    const tested = new Set(faults.map(({ rule }) => rule));
    expect(numbers.filter((number) => !tested.has(number))).toEqual([]);
  });
});
