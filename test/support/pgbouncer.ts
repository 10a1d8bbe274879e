import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { chooseAccount, giveTo } from '../../dev/services/postgres-account.js';
import { choosePort } from '../../dev/services/ports.js';
import { programOf } from './programs.js';
import { waitUntil } from './wait-until.js';

export type PoolMode = 'session' | 'transaction';

/** A PgBouncer in front of a server, with default settings except for the mode and few connections, which clients share. */
export class PgBouncer {
  private output = '';

  private constructor(
    private readonly folder: string,
    private readonly port: number,
    private readonly child: ChildProcess,
  ) {
    for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk) => (this.output += String(chunk)));
  }

  static async start(serverUrl: string, mode: PoolMode): Promise<PgBouncer> {
    const { hostname, port: serverPort, username, password } = new URL(serverUrl);
    const folder = await mkdtemp(join(tmpdir(), 'pgbouncer-'));
    const port = await choosePort([]);
    const settings = [
      '[databases]',
      `* = host=${hostname} port=${serverPort}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = scram-sha-256',
      `auth_file = ${join(folder, 'users.txt')}`,
      `pool_mode = ${mode}`,
      // Session mode keeps a connection for each client, transaction mode only for each transaction.
      `default_pool_size = ${mode === 'session' ? 20 : 3}`,
    ];
    await writeFile(join(folder, 'users.txt'), `"${username}" "${decodeURIComponent(password)}"\n`);
    await writeFile(join(folder, 'pgbouncer.ini'), settings.join('\n') + '\n');
    await chmod(folder, 0o755);
    // It refuses to run as root.
    const account = await chooseAccount([]);
    await giveTo(account, folder);
    const child = spawn(programOf(['pgbouncer'], 'pgbouncer'), [join(folder, 'pgbouncer.ini')], {
      ...account,
      cwd: '/',
    });
    const bouncer = new PgBouncer(folder, port, child);
    await bouncer.answers(serverUrl);
    return bouncer;
  }

  /** The URL of a database through the pooler. */
  url(databaseUrl: string): string {
    const url = new URL(databaseUrl);
    url.hostname = '127.0.0.1';
    url.port = String(this.port);
    return url.href;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('close', resolve));
    if (this.child.exitCode === null && this.child.kill('SIGKILL')) await ended;
    await rm(this.folder, { recursive: true, force: true });
  }

  private async answers(databaseUrl: string): Promise<void> {
    await waitUntil('PgBouncer answers', async () => {
      const client = new Client({ connectionString: this.url(databaseUrl) });
      try {
        await client.connect();
        return (await client.query('SELECT 1')).rowCount === 1;
      } catch (error) {
        throw new Error(`${(error as Error).message}\n${this.output}`, { cause: error });
      } finally {
        await client.end().catch(() => undefined);
      }
    });
  }
}
