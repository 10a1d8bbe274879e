import { describe, expect, it } from '@jest/globals';
import { readEnv } from './env.js';
import { httpShape } from './http-config.js';

describe('httpShape', () => {
  it('has a default for everything', () => {
    expect(readEnv(httpShape, {})).toEqual({ PORT: 3000, HOST: '0.0.0.0', LOG_LEVEL: 'info', LOG_FORMAT: 'auto' });
  });

  it.each([
    ['PORT', '0', 0],
    ['HOST', '127.0.0.1', '127.0.0.1'],
    ['LOG_LEVEL', 'debug', 'debug'],
    ['LOG_FORMAT', 'json', 'json'],
  ])('%s accepts %s', (name, value, expected) => {
    expect(readEnv(httpShape, { [name]: value })).toHaveProperty(name, expected);
  });

  it.each([
    ['PORT', '65536'],
    ['PORT', 'tcp://10.0.0.1:80'],
    ['LOG_LEVEL', 'loud'],
    ['LOG_FORMAT', 'xml'],
  ])('%s refuses %s', (name, value) => {
    expect(() => readEnv(httpShape, { [name]: value })).toThrow(`${name}="${value}": must be`);
  });
});
