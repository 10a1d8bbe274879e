import { describe, expect, it } from '@jest/globals';
import { GeneratorError } from './generator-error.js';
import { checkOptions, parseCommandLine, type GeneratorOptions } from './options.js';

const problemOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (error instanceof GeneratorError && error.code === 'BAD_OPTION') return error.message;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('parseCommandLine', () => {
  it('reads all options', () => {
    const args =
      '--out d --rows 7 --seed 0 --like a.csv --dirty 5% --duplicates .25 --gzip --from 2021-05-01 --to 2021-05-02';
    expect(parseCommandLine(args.split(' '))).toEqual({
      out: 'd',
      rows: 7,
      seed: 0,
      like: 'a.csv',
      dirty: 0.05,
      duplicates: 0.25,
      gzip: true,
      from: '2021-05-01',
      to: '2021-05-02',
    });
  });

  it('returns undefined for --help', () => {
    expect(parseCommandLine(['--help', '--rows', 'x'])).toBeUndefined();
  });

  it.each([
    ['', '--out'],
    ['--out d --bogus', '--bogus'],
    ['--out d stray', 'stray'],
    ['--out', '--out'],
    ['--out d --rows x', '--rows'],
    ['--out d --rows 1e3', '--rows'],
    ['--out d --seed -1', '--seed'],
    ['--out d --dirty lots', '--dirty'],
    ['--out d --dirty 5%%', '--dirty'],
    ['--out d --duplicates -5%', '--duplicates'],
  ])('names the bad option in "%s"', (line, named) => {
    expect(problemOf(() => parseCommandLine(line.split(' ').filter(Boolean)))).toContain(named);
  });
});

describe('checkOptions', () => {
  it('fills in the defaults', () => {
    expect(checkOptions({ out: 'd' })).toMatchObject({ rows: 100_000, seed: 1, dirty: 0, duplicates: 0, gzip: false });
  });

  it('takes the number of rows from the aggregate', () => {
    expect(checkOptions({ out: 'd', like: 'a.csv' }).rows).toBeUndefined();
  });

  it.each<[string, Partial<GeneratorOptions>]>([
    ['--out', { out: '' }],
    ['--rows', { rows: 0 }],
    ['--rows', { rows: 1.5 }],
    ['--seed', { seed: 2 ** 32 }],
    ['--dirty', { dirty: 0.51 }],
    ['--dirty', { dirty: Number.NaN }],
    ['--duplicates', { duplicates: 5 }],
    ['--dirty and --duplicates', { dirty: 0.5, duplicates: 0.5 }],
    ['--from', { from: '2021-02-30' }],
    ['--to', { from: '2021-05-02', to: '2021-05-01' }],
    ['--like', { like: 'a.csv', to: '2021-05-01' }],
  ])('rejects a bad %s: %j', (named, options) => {
    expect(problemOf(() => checkOptions({ out: 'd', ...options }))).toContain(named);
  });
});
