import { describe, expect, it } from '@jest/globals';
import { databaseTlsOf, parametersOf, withoutTls } from './database-tls.js';

const of = (query: string, env = {}) => databaseTlsOf(`postgresql://u:p@h/m?${query}`, env);

describe('databaseTlsOf', () => {
  it.each([
    ['', 'prefer'],
    ['sslmode=require', 'require'],
    ['ssl=true', 'require'],
    ['ssl=0', 'disable'],
    ['ssl=no-verify', 'no-verify'],
    ['ssl=true&sslmode=disable', 'disable'],
    ['sslrootcert=system', 'verify-full'],
  ])('reads "%s" as %s', (query, mode) => {
    expect(of(query).mode).toBe(mode);
  });

  it("takes what the URL leaves out from libpq's variables", () => {
    const env = { PGSSLMODE: 'verify-ca', PGSSLROOTCERT: '/ca.pem', PGSSLMINPROTOCOLVERSION: 'TLSv1.3' };
    expect(of('', env)).toMatchObject({ mode: 'verify-ca', rootCert: '/ca.pem', minVersion: 'TLSv1.3' });
    expect(of('sslmode=disable', env).mode).toBe('disable');
  });

  it('checks nothing with no-verify', () => {
    expect(of('sslmode=no-verify&sslrootcert=/ca.pem').rootCert).toBeUndefined();
  });
});

it('reads parameters as libpq does', () => {
  expect([...parametersOf('postgresql://u:p@h/m?sslrootcert=/a+b/c%20d=e&ssl')]).toEqual([
    ['sslrootcert', '/a+b/c d=e'],
    ['ssl', ''],
  ]);
});

it('leaves the other parameters of a URL as they are', () => {
  expect(withoutTls('postgresql://h/m?sslmode=require&options=-c%20a%3Db&uselibpqcompat=true&user=a@b')).toBe(
    'postgresql://h/m?options=-c%20a%3Db&user=a@b',
  );
  expect(withoutTls('postgresql://h/m?sslmode=require')).toBe('postgresql://h/m');
});
