import { describe, expect, it } from '@jest/globals';
import { readProducerConfig } from './producer-config.js';

const read = (args: string, env: Record<string, string> = {}) =>
  readProducerConfig(args === '' ? [] : args.split(' '), env);

describe('readProducerConfig', () => {
  it('has defaults for everything but the file', () => {
    expect(read('--file m.csv')).toMatchObject({
      files: ['m.csv'],
      KAFKA_TOPIC: 'message_data',
      PRODUCER_RATE: undefined,
      PRODUCER_SPEED: undefined,
      PRODUCER_FROM_START: false,
      PRODUCER_WATCH_SECONDS: undefined,
      PRODUCER_BATCH_ROWS: 10_000,
      PRODUCER_BATCH_BYTES: 4_194_304,
      KAFKA_TOPIC_RETENTION_MS: undefined,
    });
  });

  it('reads the environment', () => {
    const env = {
      PRODUCER_FILE: 'e.csv',
      PRODUCER_RATE: '50',
      PRODUCER_FROM_START: 'true',
      PRODUCER_WATCH_SECONDS: '30',
      KAFKA_TOPIC_RETENTION_MS: '-1',
    };
    expect(read('', env)).toMatchObject({
      files: ['e.csv'],
      PRODUCER_RATE: 50,
      PRODUCER_FROM_START: true,
      PRODUCER_WATCH_SECONDS: 30,
      KAFKA_TOPIC_RETENTION_MS: '-1',
    });
  });

  it('lets the command line override the environment; --speed also overrides PRODUCER_RATE', () => {
    const env = { PRODUCER_FILE: 'e.csv', PRODUCER_RATE: '50', PRODUCER_WATCH_SECONDS: '30' };
    const config = read('--file c.csv --speed 3600x --from-start --watch 5', env);
    expect(config).toMatchObject({
      files: ['c.csv'],
      PRODUCER_SPEED: 3_600,
      PRODUCER_FROM_START: true,
      PRODUCER_WATCH_SECONDS: 5,
    });
    expect(config.PRODUCER_RATE).toBeUndefined();
  });

  it('accepts all files of a pattern that the shell expanded', () => {
    expect(read('--file a.csv b.csv c.csv').files).toEqual(['a.csv', 'b.csv', 'c.csv']);
  });

  it('accepts several --file options', () => {
    expect(read('--file a.csv --file b.csv', { PRODUCER_FILE: 'e.csv' }).files).toEqual(['a.csv', 'b.csv']);
  });

  it('names the variable, not the option, for a bad value in the environment', () => {
    expect(() => read('--file a.csv', { PRODUCER_RATE: 'abc' })).toThrow('PRODUCER_RATE="abc"');
  });

  it.each([
    ['', 'PRODUCER_FILE is not set: give a file'],
    ['--file m.csv --rate 0', '--rate "0": must be an integer of at least 1'],
    ['--file m.csv --rate fast', '--rate "fast"'],
    ['--file m.csv --speed 0x', '--speed "0x": must be a positive number, such as 60x'],
    ['--file m.csv --watch 0', '--watch "0": must be an integer from 1 to 86400'],
    ['--file m.csv --watch 1.5', '--watch "1.5"'],
    ['--file m.csv --watch', "Option '--watch <value>' argument missing"],
    ['--file m.csv --rate 5 --speed 2x', '(--rate and --speed) cannot be used together'],
    ['--file m.csv --rate 5 --rate 6', '--rate is given more than once'],
    ['--file m.csv --fast', "Unknown option '--fast'"],
    ['--file', "Option '--file <value>' argument missing"],
    ['--file a.csv --file=', '--file is empty'],
    ['m.csv', "'m.csv' without --file"],
  ])('refuses %j', (args, message) => {
    expect(() => read(args)).toThrow(message);
  });

  it.each(['--help', '--file m.csv --rate abc'])('shows the usage with %j', (args) => {
    expect(() => read(args)).toThrow('Usage: producer --file FILE|PATTERN');
    expect(() => read(args)).toThrow(expect.objectContaining({ code: 'PRODUCER_ARGUMENTS_INVALID' }));
  });
});
