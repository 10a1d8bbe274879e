import { describe, expect, it } from '@jest/globals';
import { databaseUrlProblem, urlsByHost } from './database-url.js';

describe('databaseUrlProblem', () => {
  it.each([
    'postgres://u:p@h/m',
    'postgresql:///m?host=/var/run/postgresql',
    'postgresql://u:p@/m?host=/var/run/postgresql',
    'postgres://u:p%40%25@[::1]:5432/m?sslmode=verify-full',
    'postgres://u:p@h/m?options=-c%20work_mem%3D1MB&application_name=a@b',
    'postgres:///m?user=a@b',
    'postgres://u:p@one:1,two:2/m?target_session_attrs=read-write',
    'postgres://h:5432/m?user=a@b',
    'postgres://u@%2Fvar%2Frun/m',
    'postgres://u:pss@h/m?sslmode=allow',
    'postgres://u:pss@h/m?sslmode=no-verify&uselibpqcompat=true',
    'postgres://u:pss@h/m?sslmode=verify-full&sslrootcert=system&sslnegotiation=direct&channel_binding=require',
    'postgres://u:pss@h/m?ssl=true&ssl_min_protocol_version=TLSv1.3',
  ])('has nothing against %s', (url) => {
    expect(databaseUrlProblem(url)).toBeUndefined();
  });

  it.each([
    ['postgres://u:p%ss@h/m', 'percent-encode'],
    ['postgres://u:100%@h/m', 'percent-encode'],
    ['postgres://u:p#ss@h/m', 'percent-encode'],
    ['postgres://u:p/ss@h/m', 'percent-encode'],
    ['postgres://u:12/ss@h/m', 'percent-encode'],
    ['postgres://u:p?ss@h/m', 'percent-encode'],
    ['postgres://u:%ff@h/m', 'percent-encode'],
    ['host=h dbname=m password=pss', 'not key=value pairs'],
    ['postgres://u:pss@one:1,two:x/m', 'the port as a number'],
    ['postgres://u:pss@h', 'it names no database'],
    ['postgres://u:pss@h/m?sslmode=Require', 'its sslmode must be one of disable, allow, prefer'],
    ['postgres://u:pss@h/m?ssl_mode=require', '"ssl_mode" is not known'],
    ['postgres://u:pss@h/m?sslmode=verify-full&sslrootcert=/no/ca.pem', '/no/ca.pem, which does not exist'],
    ['postgres://u:pss@h/m?sslmode=require&sslrootcert=system', 'needs sslmode=verify-full'],
    ['postgres://u:pss@h/m?sslnegotiation=direct', 'needs sslmode=require'],
    ['postgres://u:pss@h/m?channel_binding=yes', 'its channel_binding must be one of disable'],
    ['postgres://u:pss@h/m?target_session_attrs=standby', 'target_session_attrs must be'],
  ])('of %s it says "%s", and no password', (url, said) => {
    const problem = databaseUrlProblem(url);
    expect(problem).toContain(said);
    expect(problem).not.toMatch(/pss|p[%#/?]ss|12|100/);
  });
});

it('splits a URL into one per host', () => {
  expect(urlsByHost('postgres://u:p@one:1,[::1]:2/m?x=a,b')).toEqual([
    'postgres://u:p@one:1/m?x=a,b',
    'postgres://u:p@[::1]:2/m?x=a,b',
  ]);
  expect(urlsByHost('postgres:///m?host=/tmp')).toEqual(['postgres:///m?host=/tmp']);
});
