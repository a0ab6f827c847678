/** The generated pages say what the sources say. When one fails: `npm run docs`. */
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/app/config.ts';
import { type DocumentedKey, documentedKeys, reservedVariables } from '../../../scripts/docs/config-page.ts';
import { findMetrics } from '../../../scripts/docs/metrics-page.ts';
import { readRepositoryFile, repositoryFiles } from '../../../scripts/docs/repository.ts';
import { generatedPages } from '../../../scripts/generate-docs.ts';

const pages = await generatedPages();

describe('npm run docs', () => {
  it.each([...pages.keys()])('finds %s as it would write it', (name) => {
    expect(readRepositoryFile(name)).toBe(pages.get(name));
  });
});

describe('configuration keys', () => {
  const keys = documentedKeys();

  it('have a comment each that says what they mean', () => {
    const silent = keys
      .filter(({ meaning }) => !/^\S.*\.$/.test(meaning))
      .map(({ section, key }) => `${section}.${key}`);
    expect(silent).toEqual([]);
  });

  it('include every ROSTRUM_ variable that a source, a script or a page of the documentation names', () => {
    const known = new Set<string>(
      [...keys, ...reservedVariables.map(({ name }) => ({ env: name }))].map(({ env }) => env),
    );
    const files = ['src/**/*.ts', 'scripts/**/*.{mjs,ts,sh}', 'docs/**/*.md', '*.md', 'config/*.yaml'].flatMap(
      repositoryFiles,
    );
    const unknown = files.flatMap((file) =>
      [...withoutExamples(readRepositoryFile(file)).matchAll(/\bROSTRUM_[A-Z0-9_]*[A-Z0-9]\b(?!_|\*)/g)]
        .filter(([name]) => !known.has(name))
        .map(([name]) => `${file}: ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  it('accept their documented default from the environment, as text', () => {
    const env = Object.fromEntries(keys.filter(hasDefault).map((key) => [key.env, asVariable(key.default)]));
    expect(readConfig(env)).toEqual(readConfig({}));
  });

  it('do not include the variables documented as reserved, which the loader passes over', () => {
    const [configFile, ...others] = reservedVariables.map(({ name }) => name);
    expect(configFile).toBe('ROSTRUM_CONFIG');
    expect(readConfig(Object.fromEntries(others.map((name) => [name, 'x'])))).toEqual(readConfig({}));
  });
});

describe('metrics', () => {
  const metrics = findMetrics();
  const names = metrics.map(({ name }) => name);

  it('are all found: every rostrum_ name in the sources is defined by one of them', () => {
    const cited = repositoryFiles('src/**/*.ts')
      .filter((file) => file !== 'src/core/metrics.ts')
      .flatMap((file) => [...readRepositoryFile(file).matchAll(/'(rostrum_[a-z0-9_]+)'/g)].map((match) => match[1]!));
    expect(cited.filter((name) => !names.includes(name))).toEqual([]);
    expect(names.length).toBeGreaterThan(20);
  });

  it('have unique names of the form rostrum_area_what, counters ending in _total', () => {
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    const illFormed = metrics.filter(
      ({ kind, name }) => !/^rostrum(_[a-z0-9]+){2,}$/.test(name) || (kind === 'counter') !== name.endsWith('_total'),
    );
    expect(illFormed).toEqual([]);
  });

  it('explain themselves in one sentence', () => {
    expect(metrics.filter(({ help }) => !/^[A-Z].*\.$/.test(help))).toEqual([]);
  });
});

function hasDefault(key: DocumentedKey): boolean {
  return key.default !== '—';
}

/** `` `[a, b]` `` -> `a,b` */
function asVariable(shown: string): string {
  return shown.replace(/^`\[?|\]?`$/g, '').replaceAll(', ', ',');
}

/** The loader's own comment explains naming with a key that does not exist. */
function withoutExamples(text: string): string {
  return text.replaceAll('ROSTRUM_HLS_PART_TARGET_MS', '');
}
