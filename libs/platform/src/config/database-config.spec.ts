import { describe, expect, it } from '@jest/globals';
import { databaseShape } from './database-config.js';
import { readEnv } from './env.js';

const url = 'postgresql://writer:s3cret@postgres:5432/messaging';

describe('databaseShape', () => {
  it('requires only DATABASE_URL', () => {
    const config = readEnv(databaseShape, { DATABASE_URL: url });
    expect({ ...config, DATABASE_URL: config.DATABASE_URL.value }).toEqual({
      DATABASE_URL: url,
      DATABASE_POOL_SIZE: 5,
      DATABASE_CONNECT_TIMEOUT_MS: 5000,
      DATABASE_STATEMENT_TIMEOUT_MS: 60_000,
    });
  });

  it('has no default for DATABASE_URL', () => {
    expect(() => readEnv(databaseShape, {})).toThrow('DATABASE_URL is not set: must be postgresql://');
  });

  it.each([
    'postgresql://postgres/messaging',
    'postgres://postgres/messaging',
    'postgresql://u:p@[::1]:5432/m?sslmode=require',
    'postgresql:///m?host=/tmp',
  ])('DATABASE_URL accepts %s', (value) => {
    expect(readEnv(databaseShape, { DATABASE_URL: value }).DATABASE_URL.value).toBe(value);
  });

  it.each(['mysql://u:s3cret@h/m', 's3cret', 'postgresql://u:s3cret@h:5432', 'postgresql://u:s3cret@h:port/m'])(
    'DATABASE_URL refuses %s without showing it',
    (value) => {
      const read = () => readEnv(databaseShape, { DATABASE_URL: value });
      expect(read).toThrow('DATABASE_URL (value not shown): must be postgresql://');
      expect(read).not.toThrow('s3cret');
    },
  );

  it.each([
    ['DATABASE_POOL_SIZE', '20', 20],
    ['DATABASE_CONNECT_TIMEOUT_MS', '1', 1],
    ['DATABASE_STATEMENT_TIMEOUT_MS', '0', 0],
  ])('%s accepts %s', (name, value, expected) => {
    expect(readEnv(databaseShape, { DATABASE_URL: url, [name]: value })).toHaveProperty(name, expected);
  });

  it.each([
    ['DATABASE_POOL_SIZE', '0'],
    ['DATABASE_POOL_SIZE', '1001'],
    ['DATABASE_CONNECT_TIMEOUT_MS', '0'],
    ['DATABASE_CONNECT_TIMEOUT_MS', '5s'],
    ['DATABASE_STATEMENT_TIMEOUT_MS', '-1'],
    ['DATABASE_STATEMENT_TIMEOUT_MS', '2147483648'],
  ])('%s refuses %s', (name, value) => {
    expect(() => readEnv(databaseShape, { DATABASE_URL: url, [name]: value })).toThrow(`${name}="${value}": must be`);
  });
});
