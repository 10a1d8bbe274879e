import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ConfigError } from '../errors/config-error.js';
import { boolean, commaList, integer, port, positiveInteger, readEnv } from './env.js';

function problemsOf(shape: z.ZodRawShape, env: Record<string, string>): readonly string[] {
  try {
    readEnv(shape, env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).problems;
  }
  return [];
}

describe('readEnv', () => {
  it('reads typed values, trims them and treats an empty variable as absent', () => {
    const shape = { A: port(), B: boolean().default(true), C: commaList(), D: positiveInteger().default(7) };

    expect(readEnv(shape, { A: ' 80 ', B: '', C: 'x, y', IGNORED: 'z' })).toEqual({
      A: 80,
      B: true,
      C: ['x', 'y'],
      D: 7,
    });
  });

  it('names every bad variable with its value and what is accepted', () => {
    const shape = { A: port(), B: positiveInteger(), C: z.enum(['x', 'y'], { error: 'must be x or y' }) };

    expect(problemsOf(shape, { A: '70000', C: 'z' })).toEqual([
      'A="70000": must be an integer from 0 to 65535',
      'B is not set: must be an integer of at least 1',
      'C="z": must be x or y',
    ]);
  });

  it.each(['DATABASE_URL', 'SOME_PASSWORD', 'CLIENT_SECRET_KEY'])('does not show the value of %s', (name) => {
    const problems = problemsOf({ [name]: positiveInteger() }, { [name]: 'hunter2' });

    expect(problems).toEqual([`${name} (value not shown): must be an integer of at least 1`]);
  });

  it('reports variables that are valid alone but not in combination', () => {
    const shape = { LOW: integer(0), HIGH: integer(0) };
    const read = () =>
      readEnv(shape, { LOW: '2', HIGH: '1' }, ({ LOW, HIGH }) => (LOW > HIGH ? ['LOW must not be above HIGH'] : []));

    expect(read).toThrow('LOW must not be above HIGH');
  });

  it('throws an error with a stable code and all problems in its message', () => {
    const error = new ConfigError(['A is wrong', 'B is wrong']);

    expect(error).toMatchObject({ name: 'ConfigError', code: 'CONFIG_INVALID', retriable: false });
    expect(error.message).toMatch(/A is wrong\n.*B is wrong/);
  });
});

describe('types of variables', () => {
  it.each(['-1', '1.5', '1e3', '0x10', 'ten', '99999999999999999', '9007199254740993'])(
    'integer refuses %s',
    (value) => {
      expect(problemsOf({ N: integer(0) }, { N: value })).toHaveLength(1);
    },
  );

  it.each([
    ['0', 0],
    ['65535', 65_535],
  ])('port accepts %s', (value, expected) => {
    expect(readEnv({ P: port() }, { P: value })).toEqual({ P: expected });
  });

  it.each(['65536', '-1', 'http'])('port refuses %s', (value) => {
    expect(problemsOf({ P: port() }, { P: value })).toEqual([`P="${value}": must be an integer from 0 to 65535`]);
  });

  it.each(['yes', '1', 'TRUE'])('boolean refuses %s', (value) => {
    expect(problemsOf({ B: boolean() }, { B: value })).toEqual([`B="${value}": must be true or false`]);
  });

  it.each([',', 'a,', 'a,,b'])('commaList refuses the empty item in %s', (value) => {
    expect(problemsOf({ L: commaList() }, { L: value })).toHaveLength(1);
  });
});
