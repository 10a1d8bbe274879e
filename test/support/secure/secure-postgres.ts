import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { escapeLiteral } from 'pg';
import { DatabaseClient } from '#platform/database/database-client.js';
import { resetServices, startServices, type Services } from '../../../dev/services/services.js';
import { query } from '../mart-database.js';
import { waitUntil } from '../wait-until.js';
import { CertificateAuthority, type Certificate } from './certificates.js';

const STATE_DIR = '.local/secure-postgres';

/** Roles that may connect in one way only, with the password of the owner. */
const ROLES = ['in_clear', 'certified', 'by_certificate', 'rotated'];

/** Everybody else needs TLS. The superuser does not, so that the test itself can always connect. */
const ACCESS = [
  'host all postgres 127.0.0.1/32 scram-sha-256',
  'hostnossl all in_clear 127.0.0.1/32 scram-sha-256',
  'hostssl all certified 127.0.0.1/32 scram-sha-256 clientcert=verify-full',
  'hostssl all by_certificate 127.0.0.1/32 cert',
  'hostssl all messaging,rotated 127.0.0.1/32 scram-sha-256',
];

export interface ServerCertificates {
  readonly good: Certificate;
  readonly expired: Certificate;
  readonly early: Certificate;
  readonly otherHost: Certificate;
}

/** A PostgreSQL that takes passwords over TLS only, with a certificate that a test can change. */
export class SecurePostgres {
  private constructor(
    readonly services: Services,
    readonly authority: CertificateAuthority,
    readonly otherAuthority: CertificateAuthority,
    readonly certificates: ServerCertificates,
    readonly folder: string,
  ) {}

  /** @param kafkaBrokers those of the test run by default; without them, a broker is started as well */
  static async start(kafkaBrokers = process.env.KAFKA_BROKERS): Promise<SecurePostgres> {
    const folder = await mkdtemp(join(tmpdir(), 'secure-postgres-'));
    const authority = await CertificateAuthority.create(folder, 'authority');
    const otherAuthority = await CertificateAuthority.create(folder, 'other-authority');
    const certificates = {
      good: await authority.issue('server'),
      expired: await authority.issue('expired', { days: -1 }),
      early: await authority.issue('early', { from: '20980101000000Z' }),
      otherHost: await authority.issue('other-host', { names: 'DNS:postgres.example' }),
    };
    await resetServices({ stateDir: STATE_DIR });
    const services = await startServices({ stateDir: STATE_DIR, kafkaBrokers });
    const postgres = new SecurePostgres(services, authority, otherAuthority, certificates, folder);
    try {
      await postgres.setUp();
      return postgres;
    } catch (error) {
      await postgres.close();
      throw error;
    }
  }

  /** The owner's URL, with these parameters. */
  url(parameters: Readonly<Record<string, string>> = {}, role?: string): string {
    const url = new URL(this.services.databaseUrl);
    if (role !== undefined) url.username = role;
    // Not searchParams, which write a blank as a plus sign: to libpq that is a plus sign.
    url.search = Object.entries(parameters)
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join('&');
    return url.href;
  }

  /** As most users should connect. */
  get verifyFull(): Readonly<Record<string, string>> {
    return { sslmode: 'verify-full', sslrootcert: this.authority.cert };
  }

  /** Runs SQL as superuser, without TLS. */
  async execute(sql: string): Promise<void> {
    await query(this.services.postgres!.superuserUrl, sql);
  }

  /** Shows another certificate to new connections. */
  async setCertificate({ cert, key }: Certificate): Promise<void> {
    await this.write('server.key', await readFile(key, 'utf8'));
    await this.write('server.crt', await readFile(cert, 'utf8'));
    await this.execute('SELECT pg_reload_conf()');
    const wanted = (await readFile(cert, 'utf8')).replace(/-----[^-]+-----|\s/g, '');
    await waitUntil('the server shows the certificate', async () => (await this.shownCertificate()) === wanted);
  }

  async close(): Promise<void> {
    await this.services.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async setUp(): Promise<void> {
    const { password } = new URL(this.services.databaseUrl);
    for (const role of ROLES) await this.execute(`CREATE ROLE ${role} LOGIN PASSWORD '${password}'`);
    await this.write('root.crt', await readFile(this.authority.cert, 'utf8'));
    await this.write('pg_hba.conf', ACCESS.join('\n'));
    await this.execute(`ALTER SYSTEM SET ssl_ca_file = 'root.crt'`);
    await this.execute(`ALTER SYSTEM SET ssl = on`);
    await this.setCertificate(this.certificates.good);
  }

  /** Writes a file of the server, which belongs to another user of this machine and is open to nobody else. */
  private async write(file: string, content: string): Promise<void> {
    const lines = `SELECT line FROM unnest(ARRAY[${content.trim().split('\n').map(escapeLiteral).join()}]) AS line`;
    await this.execute(`COPY (${lines}) TO PROGRAM 'umask 077; cat > ${file}'`);
  }

  private async shownCertificate(): Promise<string> {
    const client = new DatabaseClient(this.url({ sslmode: 'require' }));
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { stream } = (client as unknown as { connection: { stream: TLSSocket } }).connection;
      return stream.getPeerCertificate().raw.toString('base64');
    } finally {
      await client.end();
    }
  }
}
