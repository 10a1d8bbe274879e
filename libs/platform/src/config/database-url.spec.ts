import { describe, expect, it } from '@jest/globals';
import { databaseUrlProblem, urlsByHost } from './database-url.js';

describe('databaseUrlProblem', () => {
  it.each([
    'postgresql://u:p@h/m',
    'postgres://u:p@h/m',
    'postgresql:///m?host=/var/run/postgresql',
    'postgresql://u:p@/m?host=/var/run/postgresql',
    'postgresql://u:p%40%25@[::1]:5432/m?sslmode=verify-full',
    'postgresql://u:p@h/m?options=-c%20work_mem%3D1MB&application_name=a@b',
    'postgresql:///m?user=a@b',
    'postgresql://u:p@one:1,two:2/m?target_session_attrs=read-write',
    'postgresql://h:5432/m?user=a@b',
    'postgresql://u@%2Fvar%2Frun/m',
    'postgresql://u:pss@h/m?sslmode=allow',
    'postgresql://u:pss@h/m?sslmode=no-verify&uselibpqcompat=true',
    'postgresql://u:pss@h/m?sslmode=verify-full&sslrootcert=system&sslnegotiation=direct&channel_binding=require',
    'postgresql://u:pss@h/m?ssl=true&ssl_min_protocol_version=TLSv1.3',
  ])('has nothing against %s', (url) => {
    expect(databaseUrlProblem(url)).toBeUndefined();
  });

  it.each([
    ['postgresql://u:p%ss@h/m', 'percent-encode'],
    ['postgresql://u:100%@h/m', 'percent-encode'],
    ['postgresql://u:p#ss@h/m', 'percent-encode'],
    ['postgresql://u:p/ss@h/m', 'percent-encode'],
    ['postgresql://u:12/ss@h/m', 'percent-encode'],
    ['postgresql://u:p?ss@h/m', 'percent-encode'],
    ['postgresql://u:%ff@h/m', 'percent-encode'],
    ['host=h dbname=m password=pss', 'not key=value pairs'],
    ['postgresql://u:pss@one:1,two:x/m', 'the port as a number'],
    ['postgresql://u:pss@h', 'it names no database'],
    ['postgresql://u:pss@h/m?sslmode=Require', 'its sslmode must be one of disable, allow, prefer'],
    ['postgresql://u:pss@h/m?ssl_mode=require', '"ssl_mode" is not known'],
    ['postgresql://u:pss@h/m?sslmode=verify-full&sslrootcert=/no/ca.pem', '/no/ca.pem, which does not exist'],
    ['postgresql://u:pss@h/m?sslmode=require&sslrootcert=system', 'needs sslmode=verify-full'],
    ['postgresql://u:pss@h/m?sslnegotiation=direct', 'needs sslmode=require'],
    ['postgresql://u:pss@h/m?channel_binding=yes', 'its channel_binding must be one of disable'],
    ['postgresql://u:pss@h/m?target_session_attrs=standby', 'target_session_attrs must be'],
  ])('of %s it says "%s", and no password', (url, said) => {
    const problem = databaseUrlProblem(url);
    expect(problem).toContain(said);
    expect(problem).not.toMatch(/pss|p[%#/?]ss|12|100/);
  });
});

it('splits a URL into one per host', () => {
  expect(urlsByHost('postgresql://u:p@one:1,[::1]:2/m?x=a,b')).toEqual([
    'postgresql://u:p@one:1/m?x=a,b',
    'postgresql://u:p@[::1]:2/m?x=a,b',
  ]);
  expect(urlsByHost('postgresql:///m?host=/tmp')).toEqual(['postgresql:///m?host=/tmp']);
});
