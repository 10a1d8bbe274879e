import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parseMartUrl, passfileLine, serverDefinitions } from './mart-address.js';

const deployed = JSON.parse(readFileSync(new URL('../../deploy/pgadmin/servers.json', import.meta.url), 'utf8')) as {
  Servers: Record<'1', object>;
};

const local = 'postgresql://analyst:s3cret@127.0.0.1:5433/messaging';

describe('parseMartUrl', () => {
  it('parses a connection URL', () => {
    expect(parseMartUrl(`${local}\n`, 'a file')).toEqual({
      host: '127.0.0.1',
      port: 5433,
      database: 'messaging',
      user: 'analyst',
      password: 's3cret',
      tls: {},
    });
  });

  it('decodes percent-encoding, uses the default port, and reads sslmode', () => {
    expect(parseMartUrl('postgresql://an%40lyst:p%3Aw%2F@[::1]/m%20art?sslmode=require', 'it')).toEqual({
      host: '::1',
      port: 5432,
      database: 'm art',
      user: 'an@lyst',
      password: 'p:w/',
      tls: { sslmode: 'require' },
    });
  });

  it.each([
    '',
    's3cret',
    'http://analyst:s3cret@host/db',
    'postgresql://analyst:s3cret@host',
    'postgresql://a:s3cret%@host/db',
  ])('rejects %j without showing it', (url) => {
    const parse = () => parseMartUrl(url, 'ANALYST_DATABASE_URL');
    expect(parse).toThrow(/^ANALYST_DATABASE_URL is not/);
    expect(parse).not.toThrow(/s3cret/);
    expect(parse).not.toThrow(expect.objectContaining({ cause: expect.anything() as unknown }));
  });
});

describe('passfileLine', () => {
  it('escapes field separators', () => {
    const mart = parseMartUrl('postgresql://analyst:a%3Ab%5Cc@[::1]:5433/messaging', 'it');
    expect(passfileLine(mart)).toBe('\\:\\:1:5433:*:analyst:a\\:b\\\\c\n');
  });
});

describe('serverDefinitions', () => {
  it('puts the address of the mart into the deployed definition, without a password', () => {
    const definitions = serverDefinitions(deployed, parseMartUrl(local, 'it'), '/state/passfile');
    expect(definitions).toEqual({
      Servers: {
        '1': {
          ...deployed.Servers['1'],
          Host: '127.0.0.1',
          Port: 5433,
          ConnectionParameters: { sslmode: 'prefer', connect_timeout: 10, passfile: '/state/passfile' },
        },
      },
    });
    expect(JSON.stringify(definitions)).not.toContain('s3cret');
  });

  it('uses the sslmode of the URL', () => {
    const mart = parseMartUrl(`${local}?sslmode=verify-full`, 'it');
    expect(serverDefinitions(deployed, mart, '/p')).toMatchObject({
      Servers: { '1': { ConnectionParameters: { sslmode: 'verify-full' } } },
    });
  });
});
