import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { chmod, copyFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { databaseShape } from '#platform/config/database-config.js';
import { readEnv } from '#platform/config/env.js';
import { dataSourceOptions } from '#platform/database/data-source-options.js';
import { DatabaseClient } from '#platform/database/database-client.js';
import { DatabaseConnection } from '#platform/database/database-connection.js';
import { generate } from '#sample-data/generate.js';
import { systemHealth } from '../support/gateway-client.js';
import { close, listen } from '../support/http-server.js';
import { query } from '../support/mart-database.js';
import { Pipeline } from '../support/pipeline.js';
import { recordOf } from '../support/records.js';
import { CertificateAuthority, type Certificate } from '../support/secure/certificates.js';
import { SecurePostgres } from '../support/secure/secure-postgres.js';
import { TestApp } from '../support/test-app.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(120_000);

type Parameters = Readonly<Record<string, string>>;

let postgres: SecurePostgres;
let certified: Certificate;

beforeAll(async () => {
  postgres = await SecurePostgres.start();
  certified = await postgres.authority.issue('certified');
}, 120_000);

afterAll(() => postgres?.close(), 60_000);

interface Session {
  readonly ssl: boolean;
  readonly version: string | null;
}

async function connect(url: string): Promise<Session> {
  const client = new DatabaseClient(url);
  try {
    await client.connect();
    const { rows } = await client.query<Session>('SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
    return rows[0]!;
  } finally {
    await client.end();
  }
}

const files = ({ cert, key }: Certificate): Parameters => ({ sslcert: cert, sslkey: key });

describe('the URL has the meaning that libpq gives it', () => {
  const inTls: readonly (readonly [string, () => Parameters, string?])[] = [
    ['no parameter', () => ({})],
    ['allow', () => ({ sslmode: 'allow' })],
    ['prefer', () => ({ sslmode: 'prefer' })],
    ['require, without any authority', () => ({ sslmode: 'require' })],
    ['require with an authority', () => ({ sslmode: 'require', sslrootcert: postgres.authority.cert })],
    ['verify-ca', () => ({ sslmode: 'verify-ca', sslrootcert: postgres.authority.cert })],
    ['verify-full', () => postgres.verifyFull],
    ['no-verify', () => ({ sslmode: 'no-verify', sslrootcert: postgres.otherAuthority.cert })],
    ['ssl=true', () => ({ ssl: 'true' })],
    ['uselibpqcompat', () => ({ sslmode: 'require', uselibpqcompat: 'true' })],
    ['sslnegotiation=direct', () => ({ ...postgres.verifyFull, sslnegotiation: 'direct' })],
    ['channel_binding=require', () => ({ ...postgres.verifyFull, channel_binding: 'require' })],
    ['channel_binding=disable', () => ({ ...postgres.verifyFull, channel_binding: 'disable' })],
    ['a certificate and a password', () => ({ ...postgres.verifyFull, ...files(certified) }), 'certified'],
  ];
  it.each(inTls)('%s: TLS', async (_, parameters, role = 'messaging') => {
    expect(await connect(postgres.url(parameters(), role))).toMatchObject({ ssl: true });
  });

  it('a certificate alone, with an encrypted key', async () => {
    const { cert, key } = await postgres.authority.issue('by_certificate');
    const encrypted = await CertificateAuthority.encrypt(key, 'of the key');
    const own = { sslcert: cert, sslkey: encrypted, sslpassword: 'of the key' };
    expect(await connect(postgres.url({ ...postgres.verifyFull, ...own }, 'by_certificate'))).toMatchObject({
      ssl: true,
    });
  });

  it('the versions of TLS', async () => {
    const only12 = { ...postgres.verifyFull, ssl_max_protocol_version: 'TLSv1.2' };
    expect(await connect(postgres.url(only12))).toMatchObject({ version: 'TLSv1.2' });
    const least13 = { ...postgres.verifyFull, ssl_min_protocol_version: 'TLSv1.3' };
    expect(await connect(postgres.url(least13))).toMatchObject({ version: 'TLSv1.3' });
  });

  it.each(['disable', 'allow', 'prefer'])('%s: in clear, where the server wants it so', async (sslmode) => {
    expect(await connect(postgres.url({ sslmode }, 'in_clear'))).toMatchObject({ ssl: false });
  });

  it('prefer: in clear, if the server has no TLS', async () => {
    expect(await connect(process.env.DATABASE_URL!)).toMatchObject({ ssl: false });
  });

  it('localhost, and the name of each of several hosts', async () => {
    const url = new URL(postgres.url(postgres.verifyFull));
    url.hostname = 'localhost';
    expect(await connect(url.href)).toMatchObject({ ssl: true });
    const several = postgres.url(postgres.verifyFull).replace('@127', '@unknown.invalid:5432,127');
    expect(await refusalOf(several)).toBeUndefined();
  });
});

/** Why an app would end; undefined if it connects. */
async function refusalOf(url: string): Promise<string | undefined> {
  const config = readEnv(databaseShape, { DATABASE_URL: url, DATABASE_CONNECT_TIMEOUT_MS: '2000' });
  const dataSource = new DataSource(dataSourceOptions(config, { applicationName: 'test' }));
  const connection = new DatabaseConnection(dataSource);
  // An outage would be waited for.
  const deadline = setTimeout(() => void connection.beforeApplicationShutdown(), 15_000);
  try {
    await connection.whenReady();
    return undefined;
  } catch (error) {
    return `${(error as { code?: string }).code}: ${(error as Error).message}`;
  } finally {
    clearTimeout(deadline);
    await connection.beforeApplicationShutdown();
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}

describe('a fault is told apart at the start', () => {
  const wrongPassword = (url: string) => url.replace(/:[^:@]+@/, ':wrong-password@');

  const cases: readonly (readonly [string, () => string, RegExp])[] = [
    [
      'another authority',
      () => postgres.url({ ...postgres.verifyFull, sslrootcert: postgres.otherAuthority.cert }),
      /Name the authority .* sslrootcert/,
    ],
    [
      'another authority, also with require',
      () => postgres.url({ sslmode: 'require', sslrootcert: postgres.otherAuthority.cert }),
      /Name the authority .* sslrootcert/,
    ],
    ['no authority', () => postgres.url({ sslmode: 'verify-full' }), /Name the authority .* sslrootcert/],
    [
      'the public authorities',
      () => postgres.url({ sslmode: 'verify-full', sslrootcert: 'system' }),
      /Name the authority .* sslrootcert/,
    ],
    ['a wrong password', () => wrongPassword(postgres.url(postgres.verifyFull)), /Correct user and password/],
    [
      'no TLS to a server that wants it',
      () => postgres.url({ sslmode: 'disable' }),
      /without TLS: set sslmode=require/,
    ],
    [
      'TLS to a role that must do without',
      () => postgres.url({ sslmode: 'require' }, 'in_clear'),
      /with TLS: set sslmode=disable/,
    ],
    [
      'TLS to a server without it',
      () => `${process.env.DATABASE_URL}?sslmode=require`,
      /Enable TLS on the server, or set sslmode=disable/,
    ],
    [
      'no certificate of the client',
      () => postgres.url(postgres.verifyFull, 'certified'),
      /wants a certificate of the client: check sslcert and sslkey/,
    ],
    [
      'the certificate of another user',
      () => postgres.url({ ...postgres.verifyFull, ...files(postgres.certificates.good) }, 'certified'),
      /certificate whose common name is not the user/,
    ],
    [
      'the certificate of another user, without a password',
      () => postgres.url({ ...postgres.verifyFull, ...files(certified) }, 'by_certificate'),
      /common name of the certificate in sslcert must be the user/,
    ],
    [
      'channel binding to a server without TLS',
      () => `${process.env.DATABASE_URL}?channel_binding=require`,
      /Unset channel_binding/,
    ],
  ];
  it.each(cases)('%s', async (_, url, message) => {
    const refusal = await refusalOf(url());
    expect(refusal).toMatch(message);
    expect(refusal).toMatch(/^DATABASE_REFUSED: /);
    expect(refusal).not.toMatch(/wrong-password/);
  });

  it('a certificate of the client that the server does not trust, or that has expired', async () => {
    const others = await postgres.otherAuthority.issue('certified');
    const expired = await postgres.authority.issue('certified-before', { days: -1 });
    const refusals = await Promise.all(
      [others, expired].map((each) => refusalOf(postgres.url({ ...postgres.verifyFull, ...files(each) }, 'certified'))),
    );
    expect(refusals[0]).toMatch(/does not accept the certificate of the client: check sslcert/);
    expect(refusals[1]).toMatch(/certificate of the client has expired: renew it/);
  });

  const shown: readonly (readonly [keyof SecurePostgres['certificates'], string, RegExp])[] = [
    ['expired', 'verify-full', /certificate of the server, or its authority, has expired: renew it/],
    ['early', 'verify-ca', /not valid yet: check the clocks/],
    ['otherHost', 'verify-full', /is for another host: name the host/],
  ];
  it.each(shown)('%s certificate of the server', async (name, sslmode, message) => {
    await postgres.setCertificate(postgres.certificates[name]);
    try {
      expect(await refusalOf(postgres.url({ ...postgres.verifyFull, sslmode }))).toMatch(message);
      if (name === 'otherHost') {
        expect(await refusalOf(postgres.url({ ...postgres.verifyFull, sslmode: 'verify-ca' }))).toBeUndefined();
      }
    } finally {
      await postgres.setCertificate(postgres.certificates.good);
    }
  });

  describe('another program at the address', () => {
    let server: Server | undefined;

    afterEach(() => close(server!));

    const at = (parameters: string) => {
      const { port } = server!.address() as { port: number };
      return `postgresql://u:p@127.0.0.1:${port}/messaging?${parameters}`;
    };

    it.each(['sslmode=disable', 'sslmode=require', 'sslmode=prefer'])('HTTP, with %s', async (parameters) => {
      server = createHttpServer();
      await listen(server);
      expect(await refusalOf(at(parameters))).toMatch(
        /speaks HTTP, not the protocol of PostgreSQL. Correct host and port/,
      );
    });

    it('TLS', async () => {
      const { cert, key } = postgres.certificates.good;
      server = createHttpsServer({ cert: readFileSync(cert), key: readFileSync(key) });
      await listen(server);
      expect(await refusalOf(at('sslmode=require&sslnegotiation=direct'))).toMatch(/Correct host and port/);
      await expect(connect(at('sslmode=require'))).rejects.toThrow(
        /the server is not PostgreSQL: correct host and port/,
      );
    });
  });
});

describe('an app ends before it starts', () => {
  const cases: readonly (readonly [string, () => Promise<Parameters>, RegExp])[] = [
    [
      'a key that others can read',
      async () => {
        const key = join(postgres.folder, 'open.key');
        await copyFile(certified.key, key);
        await chmod(key, 0o644);
        return { sslcert: certified.cert, sslkey: key };
      },
      /sslkey names .*, which other users can read: chmod 600/,
    ],
    [
      'the key of another certificate',
      () => Promise.resolve({ sslcert: certified.cert, sslkey: postgres.certificates.good.key }),
      /is not the key of the certificate/,
    ],
    [
      'an encrypted key without its password',
      async () => ({
        sslcert: certified.cert,
        sslkey: await CertificateAuthority.encrypt(certified.key, 'secret-word'),
      }),
      /is encrypted: give its password with sslpassword/,
    ],
    [
      'a wrong password of the key',
      async () => ({
        sslcert: certified.cert,
        sslkey: await CertificateAuthority.encrypt(certified.key, 'secret-word'),
        sslpassword: 'another-word',
      }),
      /its sslpassword does not decrypt/,
    ],
    [
      'a key that is not PEM',
      async () => {
        const key = join(postgres.folder, 'not-pem.key');
        await writeFile(key, 'no key', { mode: 0o600 });
        return { sslcert: certified.cert, sslkey: key };
      },
      /holds no private key in PEM/,
    ],
    ['no key', () => Promise.resolve({ sslcert: certified.cert }), /no key with sslkey/],
  ];
  it.each(cases)('%s', async (_, own, message) => {
    const url = postgres.url({ ...postgres.verifyFull, ...(await own()) }, 'certified');
    let problem = '';
    try {
      readEnv(databaseShape, { DATABASE_URL: url });
    } catch (error) {
      problem = (error as Error).message;
    }
    expect(problem).toMatch(message);
    expect(problem).not.toMatch(/(secret|another)-word/);
  });

  it('mart-init, with exit code 1', async () => {
    const env = { DATABASE_URL: postgres.url({ ...postgres.verifyFull, sslrootcert: postgres.otherAuthority.cert }) };
    const app = new TestApp('mart-init', { env });
    expect({ ...(await app.exited), output: app.output }).toMatchObject({ code: 1 });
    expect(app.output).toMatch(/DATABASE_REFUSED: .*Name the authority/);
  });
});

describe('the pipeline runs', () => {
  const ROWS = 300;
  let pipeline: Pipeline | undefined;

  afterEach(() => pipeline?.close());

  const open = async () =>
    (pipeline = await Pipeline.create({
      servers: { kafkaBrokers: process.env.KAFKA_BROKERS!, databaseUrl: postgres.url(postgres.verifyFull) },
    }));
  const stored = async () =>
    (await query<{ n: number }>(pipeline!.databaseUrl, 'SELECT count(*)::integer AS n FROM public.messages'))[0]!.n;

  it('with verify-full alone', async () => {
    const { files: sample } = await generate({ out: postgres.folder, rows: ROWS, seed: 1, dirty: 0, duplicates: 0 });
    await open();
    const martInit = await pipeline!.start('mart-init');
    expect({ ...(await martInit.exited), output: martInit.output }).toMatchObject({ code: 0 });
    await pipeline!.start('consumer');
    const gateway = await pipeline!.start('gateway');
    await pipeline!.produceFile(sample.messages);
    await waitUntil('all rows are stored', async () => (await stored()) === ROWS);
    await waitUntil('everything is up', async () => (await systemHealth(gateway)).overall === 'ok');
    const inClear = await query(
      postgres.services.postgres!.superuserUrl,
      `SELECT FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE NOT ssl AND usename = 'messaging'`,
    );
    expect(inClear).toEqual([]);
  });

  it('while the authority, the certificate of the client and the password are rotated', async () => {
    await open();
    const root = join(postgres.folder, 'rotated-root.pem');
    const urlFile = join(postgres.folder, 'rotated-url');
    await copyFile(postgres.authority.cert, root);
    const rotated = (password: string) => {
      const url = new URL(pipeline!.databaseUrl);
      [url.username, url.password] = ['rotated', password];
      url.searchParams.set('sslrootcert', root);
      return writeFile(urlFile, url.href);
    };
    await postgres.execute('GRANT messaging TO rotated');
    await postgres.execute(`ALTER ROLE rotated PASSWORD 'first'`);
    await rotated('first');
    const consumer = await pipeline!.start('consumer', { env: { DATABASE_URL: '', DATABASE_URL_FILE: urlFile } });
    await pipeline!.createTopic();
    await pipeline!.send([recordOf(1)]);
    await waitUntil('the first record is stored', async () => (await stored()) === 1);

    // The server gets a certificate of another authority. Open connections stay.
    const next = await postgres.otherAuthority.issue('server');
    await postgres.setCertificate(next);
    try {
      await pipeline!.send([recordOf(2)]);
      await waitUntil('the second record is stored', async () => (await storedAsSuperuser()) === 2);
      await cut();
      await waitUntil('the refusal is reported', async () =>
        /Name the authority/.test((await consumer.health('readyz')).down['postgresql'] ?? ''),
      );
      // In the middle of a rotation the file is gone; what comes after it counts.
      await rm(root);
      await postgres.execute(`ALTER ROLE rotated PASSWORD 'second'`);
      await copyFile(postgres.otherAuthority.cert, root);
      await rotated('second');
      await pipeline!.send([recordOf(3)]);
      await waitUntil('the third record is stored', async () => (await storedAsSuperuser()) === 3, 60_000);
      await consumer.ready();
    } finally {
      await postgres.setCertificate(postgres.certificates.good);
    }
    expect(consumer.output).not.toMatch(/:(first|second)@/);
  });

  const storedAsSuperuser = async () => {
    const url = new URL(postgres.services.postgres!.superuserUrl);
    url.pathname = new URL(pipeline!.databaseUrl).pathname;
    return (await query<{ n: number }>(url.href, 'SELECT count(*)::integer AS n FROM public.messages'))[0]!.n;
  };
  const cut = () =>
    postgres.execute(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'rotated'`);
});
