import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PostgresServer } from '../../dev/services/postgres-server.js';
import { createMartDatabase, query, type MartDatabase } from './mart-database.js';
import { programOf, type Output } from './programs.js';

const SCRIPTS = fileURLToPath(new URL('../../deploy/k8s/base/backup/', import.meta.url));

export type Environment = Readonly<Record<string, string>>;

/** A running script. */
export interface RunningScript {
  readonly child: ChildProcess;
  readonly done: Promise<Output>;
}

/** A server that tests may kill, a folder for backups, and the scripts as a pod runs them. */
export class BackupStage {
  private readonly marts: MartDatabase[] = [];

  private constructor(
    readonly server: PostgresServer,
    private readonly folder: string,
  ) {}

  /** @param name of the spec; its server and log are in .local/backup-<name> */
  static async start(name: string): Promise<BackupStage> {
    programOf(['psql'], 'postgresql-client');
    const stateDir = resolve('.local', `backup-${name}`);
    const server = new PostgresServer({ stateDir, logDir: join(stateDir, 'logs'), log: () => undefined });
    await server.start();
    return new BackupStage(server, await mkdtemp(join(tmpdir(), `backup-${name}-`)));
  }

  async close(): Promise<void> {
    try {
      for (const mart of this.marts) await mart.drop();
    } finally {
      await this.server.stop();
      await rm(this.folder, { recursive: true, force: true });
    }
  }

  /** Creates an empty mart for one test. @returns its URL */
  async createMart(): Promise<string> {
    const mart = await createMartDatabase(this.server.databaseUrl);
    this.marts.push(mart);
    return mart.url;
  }

  /** Creates an empty folder for one test. */
  createFolder(): Promise<string> {
    return mkdtemp(join(this.folder, 'backups-'));
  }

  backUp(url: string, folder: string, environment?: Environment): Promise<Output> {
    return this.begin('backup.sh', url, folder, environment).done;
  }

  restore(url: string, folder: string, environment?: Environment): Promise<Output> {
    return this.begin('restore.sh', url, folder, environment).done;
  }

  /** Starts the script with only a pod's environment, as the leader of a process group. */
  begin(script: string, url: string, folder: string, environment: Environment = {}): RunningScript {
    const { hostname, port, username, password, pathname } = new URL(url);
    const path = [dirname(programOf(['psql'], 'postgresql-client')), '/usr/local/bin', '/usr/bin', '/bin'].join(':');
    const env = {
      ...{ PATH: path, BACKUP_DIR: folder, PGHOST: hostname, PGPORT: port, PGUSER: username },
      ...{ PGPASSWORD: password, PGDATABASE: pathname.slice(1) },
      ...environment,
    };
    const child = spawn('bash', [join(SCRIPTS, script)], { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const done = new Promise<Output>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code: code ?? -1, text }));
    });
    return { child, done };
  }
}

/** True if some session of the database waits for another one. */
export async function isAnybodyWaiting(url: string): Promise<boolean> {
  const waiting = await query(
    url,
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return waiting.length > 0;
}

/** The number of rows that a restore reports, by table. */
export function writtenRows({ text }: Output): Record<string, number> {
  return Object.fromEntries(
    [...text.matchAll(/^(\w+) +\d+ +(\d+) +\d+$/gm)].map(([, table, written]) => [table!, Number(written)] as const),
  );
}

/** Names of the backups in a folder, complete or not, oldest first. */
export async function backupsIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).sort();
}
