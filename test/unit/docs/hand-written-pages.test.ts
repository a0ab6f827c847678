/** Hand-written pages: links and paths lead somewhere, numbers and names are those of the sources. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { readConfig } from '../../../src/app/config.ts';
import { readRepositoryFile, repositoryFiles, repositoryRoot } from '../../../scripts/docs/repository.ts';

const pages = repositoryFiles('**/*.md');

describe('every page', () => {
  it.each(pages)('%s: relative links lead to files, and to headings that exist', (page) => {
    const links = [...withoutCode(readRepositoryFile(page)).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!);
    const broken = links.filter((link) => !/^[a-z]+:/.test(link) && !leadsSomewhere(link, page));
    expect(broken).toEqual([]);
  });

  // The changelog tells of files that were.
  it.each(pages.filter((page) => page !== 'CHANGELOG.md'))('%s: paths named in code exist', (page) => {
    const cited = [
      ...readRepositoryFile(page).matchAll(/`((?:src|test|docs|scripts|bench|config|web|deploy)\/[\w./-]*)`/g),
    ];
    const missing = cited.map((match) => match[1]!).filter((name) => !existsSync(path.join(repositoryRoot, name)));
    expect(missing.filter((name) => !name.startsWith('web/dist'))).toEqual([]);
  });
});

describe('docs/closures.md', () => {
  const rows = [...readRepositoryFile('docs/closures.md').matchAll(/^\| ([\d.]+) s \| `(\w+)` \| `([^`]+)` \|$/gm)];

  it('lists deadlines', () => expect(rows.length).toBeGreaterThan(40));

  it.each(rows.map(([, seconds, name, file]) => [file!, name!, Number(seconds) * 1000] as const))(
    '%s: %s is %i ms, as in the source',
    (file, name, valueMs) => {
      expect(constantValues(readRepositoryFile(file), name)).toContain(valueMs);
    },
  );
});

describe('config/example.yaml', () => {
  it('is accepted by the loader, and every value in it arrives', () => {
    const file = path.join(repositoryRoot, 'config/example.yaml');
    const config = readConfig({ ROSTRUM_CONFIG: file });
    expect(config).toMatchObject(parseYaml(readFileSync(file, 'utf8')) as object);
  });

  it('holds no secret', () => {
    expect(readRepositoryFile('config/example.yaml')).not.toMatch(/^\s*(apiKey|secret):/m);
  });
});

describe('docs/dependencies.md', () => {
  const manifest = JSON.parse(readRepositoryFile('package.json')) as Record<string, Record<string, string>>;
  const cells = [...readRepositoryFile('docs/dependencies.md').matchAll(/^\| ((?:dev: )?`.*?) \|/gm)].map(
    (match) => match[1]!,
  );
  const named = (isDev: boolean) =>
    cells
      .filter((cell) => cell.startsWith('dev:') === isDev)
      .flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]!));
  const isNamed = (name: string, names: string[]) =>
    names.some((one) => one === name || (one.endsWith('/*') && name.startsWith(one.slice(0, -1))));

  it.each([
    ['dependencies', false],
    ['devDependencies', true],
  ] as const)('names exactly the %s of package.json', (section, isDev) => {
    const installed = Object.keys(manifest[section]!);
    const names = named(isDev);
    expect(installed.filter((name) => !isNamed(name, names))).toEqual([]);
    expect(names.filter((name) => !installed.some((one) => isNamed(one, [name])))).toEqual([]);
  });
});

function leadsSomewhere(link: string, page: string): boolean {
  const [target = '', heading] = link.split('#', 2);
  const file = target === '' ? page : path.posix.join(path.posix.dirname(page), target);
  if (!existsSync(path.join(repositoryRoot, file))) return false;
  return heading === undefined || headingsOf(readRepositoryFile(file)).includes(heading);
}

/** As Git hosts make anchors: lower case, punctuation out, blanks to hyphens. */
function headingsOf(text: string): string[] {
  return [...withoutCode(text).matchAll(/^#+ (.+)$/gm)].map((match) =>
    match[1]!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function withoutCode(text: string): string {
  return text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '');
}

/** Values given to a constant, a field or a schema's default of that name. */
function constantValues(text: string, name: string): number[] {
  const pattern = new RegExp(`\\b${name}\\b(?:: \\w+)? ?[:=] (?:[^;\\n]*\\.default\\()?([\\d_]+)\\b`, 'g');
  return [...text.matchAll(pattern)].map((match) => Number(match[1]!.replaceAll('_', '')));
}
