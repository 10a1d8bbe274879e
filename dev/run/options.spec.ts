import { describe, expect, it } from '@jest/globals';
import { OptionsError, readOptions } from './options.js';

describe('readOptions', () => {
  it('generates 100,000 rows by default, a few of them bad', () => {
    expect(readOptions([])).toMatchObject({
      rows: 100_000,
      seed: 1,
      dirty: 0.01,
      duplicates: 0.01,
      engine: 'consumer',
      continues: false,
      exit: false,
    });
  });

  it('accepts a file with its reference folder', () => {
    const options = readOptions(['--file', 'm.csv', '--reference', 'ref', '--rate', '500', '--exit']);
    expect(options).toMatchObject({ files: ['m.csv'], reference: 'ref', rate: 500, exit: true });
  });

  it('accepts several files', () => {
    expect(readOptions(['--file', 'a.csv', '--file', 'b*.csv'])).toMatchObject({ files: ['a.csv', 'b*.csv'] });
  });

  it('can start the consumer with --continue', () => {
    expect(readOptions(['--continue'])).toMatchObject({ continues: true });
  });

  it('accepts another engine', () => {
    expect(readOptions(['--engine', 'both'])).toMatchObject({ engine: 'both' });
  });

  it.each([
    [['--engine', 'flink'], /--engine must be consumer, spark, both, not flink/],
    [['--row', '5'], /--row/],
    [['--rows', '0'], /--rows must be a whole number of at least 1, not 0/],
    [['--rows', '1e3'], /--rows/],
    [['--dirty', '2'], /--dirty must be a share/],
    [['--rate', 'fast'], /--rate/],
    [['--reference', 'ref'], /--reference requires --file/],
    [['--file', 'm.csv', '--rows', '5'], /--rows applies to generated data/],
    [['--rate', '5', '--rate', '6'], /--rate is given more than once/],
    [['--seed', '5', '--rows', '6', '--seed', '5'], /--seed is given more than once/],
    [['m.csv'], /m\.csv/],
  ])('rejects %j and prints the usage', (args, problem) => {
    expect(() => readOptions(args)).toThrow(problem);
    expect(() => readOptions(args)).toThrow(/Usage: npm start/);
    expect(() => readOptions(args)).toThrow(OptionsError);
  });
});
