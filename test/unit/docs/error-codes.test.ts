/** Error codes as a whole: unique over all catalogs, well-formed, documented, and no other ones in the sources. */
import { describe, expect, it } from 'vitest';
import { findCatalogs } from '../../../scripts/docs/errors-page.ts';
import { readRepositoryFile, repositoryFiles } from '../../../scripts/docs/repository.ts';

const catalogs = await findCatalogs();
const codes = catalogs.flatMap(({ catalog }) => Object.keys(catalog));
const areas = new Set(codes.map((code) => code.split('_')[0]!));
const sources = repositoryFiles('src/**/*.ts').map((file) => ({ file, text: readRepositoryFile(file) }));

describe('error catalogs', () => {
  it('are found in every file that declares one', () => {
    const declaring = sources
      .filter(({ text }) => /^\} as const satisfies ErrorCatalog;$/m.test(text))
      .map(({ file }) => file);
    expect(catalogs.map(({ file }) => file)).toEqual(declaring);
    expect(catalogs.every(({ catalog }) => Object.keys(catalog).length > 0)).toBe(true);
  });

  it('share no code', () => {
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  });

  it('name every code AREA_REASON', () => {
    expect(codes.filter((code) => !/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/.test(code))).toEqual([]);
  });

  it('say for each code what happened and what to do, with a status between 400 and 599', () => {
    const poor = catalogs.flatMap(({ catalog }) =>
      Object.entries(catalog).filter(
        ([, { summary, fix, httpStatus }]) =>
          !/^[A-Z].*\.$/.test(summary) || fix.length < 5 || httpStatus < 400 || httpStatus > 599,
      ),
    );
    expect(poor).toEqual([]);
  });

  it('give no fault of ours a 4xx status', () => {
    const wrong = catalogs.flatMap(({ catalog }) =>
      Object.entries(catalog)
        .filter(([, { fault, httpStatus }]) => fault === 'internal' && httpStatus < 500)
        .map(([code]) => code),
    );
    expect(wrong).toEqual([]);
  });
});

describe('error codes in the sources', () => {
  it('all stand in a catalog', () => {
    const unknown = sources.flatMap(({ file, text }) =>
      [...text.matchAll(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g)]
        .filter(([code]) => areas.has(code.split('_')[0]!) && !codes.includes(code))
        .map(([code]) => `${file}: ${code}`),
    );
    expect(unknown).toEqual([]);
  });

  it('and every one of a catalog is used outside its declaration', () => {
    // Quoted, as in `error('X')` and `code === 'X'`, or read from the catalog; a comment that names it is no use.
    const used = new Set(
      sources.flatMap(({ text }) =>
        [...text.matchAll(/['"`.]([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b/g)].map(([, code]) => code),
      ),
    );
    expect(codes.filter((code) => !used.has(code))).toEqual([]);
  });
});
