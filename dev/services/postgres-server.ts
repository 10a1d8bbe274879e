import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pingPostgres, withPostgres } from './connect.js';
import { choosePort, readPorts, withAnotherPort, writePorts } from './ports.js';
import { type Account, canReach, chooseAccount, makeReachableFolder, reachableFolderFor } from './postgres-account.js';
import { copyBinaries, findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.js';
import {
  createDataFolder,
  ensurePasswords,
  isPostmasterOf,
  type Passwords,
  POSTGRES_ENVIRONMENT,
  readPostmasterPid,
} from './postgres-data.js';
import { asArguments, postgresSettings } from './postgres-settings.js';
import { commandLineOf } from './process-identity.js';
import { Server } from './server.js';
import { ServerProcess } from './server-process.js';
import { ServiceError } from './service-error.js';

const DATABASE = 'messaging';
const APPLICATION_ROLE = 'messaging';

/** After kill -9, the old server's workers can live on for a moment; a new server refuses to start until they are gone. */
const OLD_WORKERS_GONE_WITHIN_MS = 30_000;

export interface PostgresServerOptions {
  /** Holds all files of this server. If another user must run it and cannot enter, they go elsewhere and a log line says where. */
  stateDir: string;
  /** Folder for postgres.log. */
  logDir: string;
  log: (line: string) => void;
}

/** Where the server's files are, and which user runs it. */
interface ServerLocation {
  binaries: PostgresBinaries;
  dataDir: string;
  account: Account;
}

/** A PostgreSQL on 127.0.0.1 with the database `messaging`, owned by the role `messaging`. */
export class PostgresServer extends Server {
  readonly logFile: string;
  protected readonly process: ServerProcess;
  private readonly portsFile: string;
  private port?: number;
  private passwords?: Passwords;

  constructor(private readonly options: PostgresServerOptions) {
    super();
    const { stateDir, logDir } = options;
    this.logFile = join(logDir, 'postgres.log');
    this.portsFile = join(stateDir, 'ports.json');
    this.process = new ServerProcess({
      name: 'PostgreSQL',
      recordFile: join(stateDir, 'process.json'),
      logFile: this.logFile,
      endings: [
        { signal: 'SIGINT', withinMs: 60_000 }, // "fast" shutdown rolls back open transactions; SIGTERM would wait for all clients
        { signal: 'SIGQUIT', withinMs: 10_000 },
        { signal: 'SIGKILL', withinMs: 5_000 },
      ],
      readyWithinMs: 300_000, // after a crash it first replays up to 4 GB of WAL
    });
  }

  /** For the programs: the role owns the database and may create databases and roles, but is not a superuser. Known after start(). */
  get databaseUrl(): string {
    return this.url(APPLICATION_ROLE, 'application');
  }

  /** The same database as superuser, for tests. */
  get superuserUrl(): string {
    return this.url('postgres', 'superuser');
  }

  /**
   * Starts the server, or takes over one that an earlier run left behind; resolves when it answers. Port and data stay the same
   * across restarts.
   * @throws ServiceError POSTGRES_BINARIES_MISSING, POSTGRES_INIT_FAILED, POSTGRES_STATE_DAMAGED, PORT_TAKEN, SERVER_DID_NOT_START
   */
  async start(): Promise<void> {
    const { stateDir, logDir, log } = this.options;
    const startedAt = Date.now();
    await mkdir(stateDir, { recursive: true });
    await mkdir(logDir, { recursive: true });
    const location = await this.locate();
    const isNew = !existsSync(location.dataDir);
    const passwordFile = join(stateDir, 'passwords.json');
    if (!isNew && !existsSync(passwordFile)) {
      throw new ServiceError(
        'POSTGRES_STATE_DAMAGED',
        `The passwords of the database in ${location.dataDir} are gone (${passwordFile}). Run npm run reset to start with an empty database.`,
      );
    }
    const passwords = await ensurePasswords(passwordFile);
    this.passwords = passwords;
    if (await this.adoptOrphan(location, passwords)) return;

    if (isNew) await createDataFolder(location.dataDir, location.binaries, location.account, passwords.superuser);
    if (this.port !== undefined) {
      await this.run(location, this.port, passwords);
    } else {
      await withAnotherPort(async () => {
        // Prefer the port of the last run, so that clients can reconnect.
        const port = await choosePort([(await readPorts(this.portsFile)).port, 5432]);
        await this.run(location, port, passwords);
        this.port = port;
      });
    }
    log(
      `PostgreSQL ${location.binaries.version} ready on 127.0.0.1:${this.port} in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`,
    );
  }

  stop(): Promise<void> {
    return this.process.stop();
  }

  private async locate(): Promise<ServerLocation> {
    const { stateDir, log } = this.options;
    const elsewhere = reachableFolderFor(stateDir);
    const account = await chooseAccount([join(stateDir, 'data'), join(elsewhere, 'data')]);
    let binaries = await findPostgresBinaries();
    let home = stateDir;
    if (account.uid !== undefined) {
      if (existsSync(join(elsewhere, 'data')) || !(await canReach(stateDir, account))) {
        home = await makeReachableFolder(stateDir);
        log(`PostgreSQL does not run as root, and another user cannot enter ${stateDir}: its data is in ${home}`);
      }
      if (!(await canReach(join(binaries.folder, 'bin'), account))) {
        binaries = await copyBinaries(binaries, await makeReachableFolder(stateDir), account);
        log(
          `PostgreSQL does not run as root, and another user cannot enter the project: a copy of it is in ${binaries.folder}`,
        );
      }
    }
    return { binaries, dataDir: join(home, 'data'), account };
  }

  private async adoptOrphan({ dataDir }: ServerLocation, passwords: Passwords): Promise<boolean> {
    const pid = await readPostmasterPid(dataDir);
    const isOurs = pid !== undefined && isPostmasterOf(dataDir, commandLineOf(pid));
    if (!this.process.adopt() && !(isOurs && this.process.adoptPid(pid))) {
      // After a reboot the pid may belong to another process of the same user, which PostgreSQL would take for a running server.
      if (pid !== undefined && !isOurs) await rm(join(dataDir, 'postmaster.pid'), { force: true });
      return false;
    }
    const { port = 0 } = await readPorts(this.portsFile);
    if (!(await this.process.takeOver(() => prepareDatabase(port, passwords)))) return false;
    this.port = port;
    this.options.log(`PostgreSQL is already running on 127.0.0.1:${port} (pid ${this.pid})`);
    return true;
  }

  private async run({ binaries, dataDir, account }: ServerLocation, port: number, passwords: Passwords): Promise<void> {
    await writePorts(this.portsFile, { port });
    const program = join(binaries.folder, 'bin', 'postgres');
    const args = ['-D', dataDir, '-p', String(port), ...asArguments(postgresSettings(totalmem()))];
    const deadline = Date.now() + OLD_WORKERS_GONE_WITHIN_MS;
    for (;;) {
      this.process.launch(program, args, { ...account, cwd: '/', env: POSTGRES_ENVIRONMENT });
      try {
        return await this.process.waitUntilReady(() => prepareDatabase(port, passwords));
      } catch (error) {
        const areStillThere = (error as Error).message.includes('pre-existing shared memory block');
        if (!areStillThere || Date.now() > deadline) throw error;
        await sleep(200);
      }
    }
  }

  private url(role: string, whose: keyof Passwords): string {
    if (this.port === undefined || !this.passwords)
      throw new Error('PostgreSQL has no address before its first start()');
    return urlOf(role, this.passwords[whose], this.port, DATABASE);
  }
}

function urlOf(role: string, password: string, port: number, database: string): string {
  return `postgresql://${role}:${password}@127.0.0.1:${port}/${database}`;
}

/** Creates the role and the database if they are missing; rejects while the server is not ready. */
async function prepareDatabase(port: number, { superuser, application }: Passwords): Promise<void> {
  await withPostgres(urlOf('postgres', superuser, port, 'postgres'), async (client) => {
    const role = await client.query('select 1 from pg_roles where rolname = $1', [APPLICATION_ROLE]);
    if (role.rowCount === 0) {
      await client.query('set log_min_error_statement = panic'); // keeps the password out of the log if the statement fails
      await client.query(`create role ${APPLICATION_ROLE} login createdb createrole password '${application}'`);
    }
    const database = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (database.rowCount === 0) await client.query(`create database ${DATABASE} owner ${APPLICATION_ROLE}`);
  });
  await pingPostgres(urlOf(APPLICATION_ROLE, application, port, DATABASE));
}
