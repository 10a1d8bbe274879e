import { describe, expect, it } from '@jest/globals';
import { readEraseOptions } from './erase-config.js';

describe('readEraseOptions', () => {
  it.each([
    [['--client', '5'], { client: '5', unblock: false }],
    [['--client', ' +0009223372036854775807 '], { client: '9223372036854775807', unblock: false }],
    [['--client=-9223372036854775808', '--unblock'], { client: '-9223372036854775808', unblock: true }],
  ])('reads %j', (args, options) => {
    expect(readEraseOptions(args)).toEqual(options);
  });

  it.each([
    [[], '--client is missing.'],
    [['--client', ''], '--client "" is not a client_id, which is a 64-bit integer.'],
    [['--client', 'x'], '--client "x" is not a client_id'],
    [['--client', '1.0'], '--client "1.0" is not a client_id'],
    [['--client', '9223372036854775808'], 'is not a client_id'],
    [['--client', '1', '--client', '2'], 'Run the command once for each client.'],
    [['--client', '1', '--all'], "Unknown option '--all'"],
    [['1'], "Unexpected argument '1'"],
  ])('refuses %j', (args, problem) => {
    expect(() => readEraseOptions(args)).toThrow(problem);
  });
});
